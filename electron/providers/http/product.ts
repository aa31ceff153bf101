/** Headers only one product's answers carry, and the product's name. */
const marks: [string, string][] = [
  ['x-github-request-id', 'GitHub'],
  ['x-gitlab-meta', 'GitLab'],
  ['x-ausername', 'Bitbucket Data Center'],
];

/** The product an answer is from, when its headers tell; for saying what was found where another was expected. */
export function productOf(headers: Headers): string | undefined {
  return marks.find(([name]) => headers.has(name))?.[1];
}
