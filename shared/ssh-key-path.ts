/**
 * Whether ssh can be given a private key of this name as it is. ssh replaces
 * `${NAME}` and %-signs in it (ssh_config(5), TOKENS); a percent sign can be
 * doubled, but then the name stands in quotes, which cannot hold quotes.
 */
export function isUsableKeyPath(path: string): boolean {
  if (/[\0\r\n]/.test(path)) return false;
  return !/\$\{/.test(path) && !(path.includes('%') && path.includes('"'));
}
