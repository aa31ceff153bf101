/** Text of a server made fit to show and log: no secret, no markup, no control characters, bounded. */
export type Mask = (text: string) => string;

const shapes =
  /\b(gh[pousr]_[A-Za-z0-9]{10,}|github_pat_\w{20,}|glpat-[\w.-]{10,}|AT(ATT|CTT)3[\w=-]{20,}|(Basic|Bearer|token)\s+[\w.~+/=-]{12,})/gi;

/** Everything this request's headers would give away: the whole value, the token in it, the pair behind Basic. */
function secretsOf(headers: Headers): string[] {
  const found: string[] = [];
  for (const name of ['authorization', 'private-token', 'proxy-authorization']) {
    const value = headers.get(name);
    if (!value) continue;
    found.push(value);
    const token = value.replace(/^\S+\s+/, '');
    found.push(token);
    if (/^basic /i.test(value)) {
      const pair = Buffer.from(token, 'base64').toString('utf8');
      found.push(pair, pair.slice(pair.indexOf(':') + 1));
    }
  }
  return found;
}

/** Fields of an OAuth request, RFC 6749, 7636 and 8628, whose values are worth something. */
const worthy = ['refresh_token', 'device_code', 'code', 'code_verifier', 'client_assertion', 'client_secret'];

/** What the body of a request for a token would give away, a form or JSON. */
function secretsIn(body: string | Uint8Array | undefined): string[] {
  if (typeof body !== 'string' || !worthy.some((name) => body.includes(name))) return [];
  let fields: Iterable<[string, unknown]>;
  try {
    fields = Object.entries(JSON.parse(body) as object);
  } catch {
    fields = new URLSearchParams(body);
  }
  return [...fields].flatMap(([name, value]) =>
    worthy.includes(name) && typeof value === 'string' ? [value, encodeURIComponent(value)] : [],
  );
}

export function createMask(headers: Headers, body?: string | Uint8Array): Mask {
  const secrets = [...new Set([...secretsOf(headers), ...secretsIn(body)])]
    .filter((secret) => secret.length >= 4)
    .sort((a, b) => b.length - a.length);
  return (text) => {
    let shown = text.slice(0, 4000);
    for (const secret of secrets) shown = shown.replaceAll(secret, '***');
    return shown
      .replaceAll(shapes, '***')
      .replaceAll(/<[^>]*>/g, ' ')
      .replaceAll(/[\p{Cc}\p{Cf}\s]+/gu, ' ')
      .trim()
      .slice(0, 300);
  };
}
