/**
 * `shared` has no DOM types; every place this runs in (Node, Chromium) has the
 * WHATWG parser, and it is the only IDN (UTS 46) table both of them share.
 */
declare const URL: new (text: string) => { hostname: string };

export type HostResult = { ok: true; host: string } | { ok: false; reason: string };

const no = (reason: string): HostResult => ({ ok: false, reason });

/** What the WHATWG parser makes of a host; null when it refuses. */
function whatwgHost(host: string): string | null {
  try {
    return new URL(`https://${host}/`).hostname;
  } catch {
    return null;
  }
}

/**
 * A host as it stands in an address -> lower case, punycode, IPv6 in brackets.
 * Refused is whatever git (which takes the text as it is) and a WHATWG parser
 * (which decodes, folds and reads numbers) could read as two different hosts.
 */
export function parseHost(text: string): HostResult {
  if (text === '') return no('There is no host.');
  if (text.startsWith('-')) return no('The host starts with a dash.');
  if (text.includes('%')) return no('The host holds a percent sign.');
  if (text.startsWith('[')) return parseIpv6(text);
  if (text.endsWith('.')) return no('The host ends with a dot.');
  if (text.length > 253) return no('The host is too long.');
  const ascii = isAscii(text) ? text.toLowerCase() : internationalHost(text);
  if (ascii === null) return no('The host holds characters that can be mistaken for others.');
  const labels = ascii.split('.');
  if (ascii.length > 253 || !labels.every((label) => /^[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?$/.test(label)))
    return no('The host is not a host name.');
  // Catches 0x7f.1, 2130706433, 127.1 and broken punycode.
  if (whatwgHost(ascii) !== ascii) return no('The host can be read in two ways.');
  return { ok: true, host: ascii };
}

function parseIpv6(text: string): HostResult {
  if (!/^\[[0-9a-f:.]+\]$/i.test(text)) return no('The IPv6 address is not valid.');
  const host = whatwgHost(text);
  return host === null ? no('The IPv6 address is not valid.') : { ok: true, host };
}

function isAscii(text: string): boolean {
  return /^[\u0021-\u007e]*$/.test(text);
}

/**
 * Null for compatibility forms (full-width letters, ligatures), for invisible
 * characters, and for anything UTS 46 refuses: the first two look like a host
 * they are not to one of the parsers.
 */
function internationalHost(text: string): string | null {
  // Letter by letter: lower-casing a word turns a final sigma into another letter than UTS 46 does.
  const composed = Array.from(text, (letter) => letter.toLowerCase())
    .join('')
    .normalize('NFC');
  if (composed !== composed.normalize('NFKC')) return null;
  if (/[\p{Default_Ignorable_Code_Point}\p{Cf}\p{Cc}\p{Z}\p{Co}\p{Cn}]/u.test(composed)) return null;
  if (/[^\p{L}\p{M}\p{N}._\-\u3002\u00b7\u30fb]/u.test(composed)) return null;
  return whatwgHost(text);
}
