/**
 * The address as it may be handed to the system's browser, percent-encoded, or
 * null. Only absolute https addresses with a plain host: no user name (it
 * hides the real host), no backslash or control character (parsers disagree
 * about them), no host outside ASCII (look-alikes come as punycode).
 */
export function externalUrl(text: string): string | null {
  const match = /^https:\/\/([a-z0-9](?:[a-z0-9.-]*[a-z0-9])?|\[[0-9a-f:.]+\])(:\d{1,5})?([/?#].*)?$/is.exec(
    text,
  );
  if (!match) return null;
  const [, host = '', port = '', rest = ''] = match;
  for (const character of rest) {
    const code = character.codePointAt(0) ?? 0;
    if (code <= 0x20 || code === 0x7f || character === '\\' || (code >= 0xd800 && code <= 0xdfff))
      return null;
  }
  // Everything a shell, a desktop file or a registry command could take apart is encoded.
  const encoded = rest.replace(/[^A-Za-z0-9\-._~:/?#[\]@!$&()*+,;=%]/gu, (character) =>
    character === "'" ? '%27' : encodeURIComponent(character),
  );
  return `https://${host.toLowerCase()}${port}${encoded}`;
}
