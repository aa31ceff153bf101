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
  return [...new Set(found)].filter((secret) => secret.length >= 4).sort((a, b) => b.length - a.length);
}

export function createMask(headers: Headers): Mask {
  const secrets = secretsOf(headers);
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
