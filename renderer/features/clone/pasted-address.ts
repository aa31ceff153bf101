/** Hosts whose repositories are always owner/name: what follows in the path is a page. */
const ownerAndName = /^(https:\/\/(?:www\.)?(?:github\.com|bitbucket\.org)\/[^/?#\s]+\/[^/?#\s]+)[/?#].*$/i;

/**
 * The repository's address in what people copy: a whole `git clone` command,
 * quotes around it, or the address of a page of the repository.
 */
export function pastedAddress(text: string): string {
  return text
    .trim()
    .replace(/^git\s+clone\s+(?=\S+$)/, '')
    .replace(/^(["'<])(.*)(["'>])$/, '$2')
    .replace(/^(https?:\/\/\S+?)\/-\/\S*$/, '$1')
    .replace(ownerAndName, '$1');
}
