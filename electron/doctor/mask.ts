/** Makes text fit for a report: no secret in any encoding, nothing a terminal or a text field would obey. */
export interface Mask {
  /** From now on this secret is covered; a user name makes the pair of a Basic header known, too. */
  learn(secret: string, usernames?: readonly string[]): void;
  (text: string): string;
}

const covered = '***';
/** Shorter texts stand in ordinary words. */
const shortest = 4;

/** Tokens by their form, also those nobody told us of: what a server quotes in its message. */
const shapes =
  /\b(gh[pousr]_[A-Za-z0-9]{10,}|github_pat_\w{20,}|gl(?:pat|oas|dt|rt|cbt|ptt|ft|imt|soat)-[\w.-]{10,}|AT(?:ATT|CTT|BB)[\w=.-]{16,}|[A-Za-z0-9]{76}AZDO[A-Za-z0-9]{4}|eyJ[\w-]{10,}\.[\w-]{10,}\.[\w-]*|(?:Basic|Bearer|NTLM|Negotiate)\s+[\w.~+/=-]{12,})/g;

/**
 * Base64 of a text that stands somewhere inside a longer one: the middle part
 * that does not depend on its neighbours, at each of the three offsets.
 */
function base64Cores(secret: string): string[] {
  const bytes = Buffer.from(secret, 'utf8');
  return [0, 1, 2].flatMap((offset) => {
    const text = Buffer.concat([Buffer.alloc(offset), bytes])
      .toString('base64')
      .replace(/=+$/, '');
    const start = offset === 0 ? 0 : offset + 1;
    // The last character also holds bits of what follows.
    const end = (offset + bytes.length) % 3 === 0 ? text.length : text.length - 1;
    const core = text.slice(start, end);
    return core.length >= 8 ? [core, core.replaceAll('+', '-').replaceAll('/', '_')] : [];
  });
}

function encodingsOf(secret: string): string[] {
  const bytes = Buffer.from(secret, 'utf8');
  const quoted = JSON.stringify(secret).slice(1, -1);
  return [
    secret,
    quoted,
    encodeURIComponent(secret),
    encodeURIComponent(secret).replace(/%[0-9A-F]{2}/g, (code) => code.toLowerCase()),
    encodeURI(secret),
    new URLSearchParams({ x: secret }).toString().slice(2),
    bytes.toString('base64'),
    bytes.toString('base64url'),
    bytes.toString('hex'),
    bytes.toString('hex').toUpperCase(),
    ...base64Cores(secret),
  ];
}

/** Control characters, and those that turn the direction of text or hide in it, as their numbers. */
function visible(text: string): string {
  return text
    .replaceAll(/[\r\n\t]+/g, ' ')
    .replaceAll(
      /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\u2028\u2029]/gu,
      (character) => `<U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}>`,
    );
}

/** Longer texts of a server tell nobody more. */
const longest = 1000;

/** A sign-in made on a provider's page is kept as one JSON text: each value in it may be a token. */
function valuesIn(secret: string): string[] {
  if (!secret.startsWith('{')) return [];
  const values: string[] = [];
  try {
    JSON.parse(secret, (_name, value: unknown) => {
      if (typeof value === 'string' && value.length >= 16) values.push(value);
      return value;
    });
  } catch {
    // Not JSON: the text itself is the secret.
  }
  return values;
}

export function createMask(): Mask {
  let known: string[] = [];
  const learn = (secret: string, usernames: readonly string[] = []) => {
    // A private key is copied and wrapped line by line; any of its lines gives part of it away.
    const lines = secret.split(/\r?\n|\\n/).map((line) => line.trim());
    const parts = [
      secret,
      secret.trim(),
      ...valuesIn(secret),
      ...(lines.length > 1 ? lines.filter((line) => line.length > 15) : []),
    ].filter((part) => part.length >= shortest && !part.startsWith('-----'));
    const pairs = usernames.map((name) => `${name}:${secret}`);
    known = [...new Set([...known, ...[...parts, ...pairs].flatMap(encodingsOf)])]
      .filter((text) => text.length >= shortest)
      .sort((a, b) => b.length - a.length);
  };
  const mask = (text: string): string => {
    // Cut generously first: a secret must not be halved by the final cut.
    let shown = text.slice(0, 20_000);
    for (const secret of known) shown = shown.replaceAll(secret, covered);
    shown = visible(shown.replaceAll(shapes, covered));
    return shown.length > longest ? `${shown.slice(0, longest)}…` : shown;
  };
  return Object.assign(mask, { learn });
}

/** Masks every string of plain data, keys of records excepted. */
export function maskAll<T>(value: T, mask: Mask): T {
  if (typeof value === 'string') return mask(value) as T;
  if (Array.isArray(value)) return value.map((one: unknown) => maskAll(one, mask)) as T;
  if (typeof value === 'object' && value !== null)
    return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, maskAll(one, mask)])) as T;
  return value;
}
