/** As many as `would-overwrite` names. */
const limit = 100;

const headings = [
  /Your local changes to the following files would be overwritten by [^\n]*:$/,
  /The following untracked working tree files would be (?:overwritten|removed) by [^\n]*:$/,
  /Updating the following directories would lose untracked files in (?:them|it):$/,
];
const alone = [
  /^(?:error: )?Entry '(.+)' (?:would be overwritten by merge|not uptodate)\. Cannot merge/,
  /^(?:error: )?Untracked working tree file '(.+)' would be (?:overwritten|removed) by merge/,
  /^(?:error: )?Updating '(.+)' would lose untracked files in it/,
  /^(?:error: )?(.+) already exists, no checkout$/,
];

/**
 * The paths of git's lists of files in its way (unpack-trees.c,
 * display_error_msgs): each after a tab, as it is. The rest of a path that
 * holds a line feed begins with none, and ends where git's own words go on.
 */
export function pathsInTheWay(stderr: string): string[] {
  const paths: string[] = [];
  let listing = false;
  for (const line of stderr.split('\n')) {
    if (headings.some((heading) => heading.test(line))) {
      listing = true;
      continue;
    }
    if (listing && line.startsWith('\t')) {
      paths.push(line.slice(1));
      continue;
    }
    if (listing && line !== '' && !/^(?:Please |Aborting|error: |fatal: |hint: |Merge with )/.test(line)) {
      paths.push(`${paths.pop() ?? ''}\n${line}`);
      continue;
    }
    listing = false;
    const match = alone.map((pattern) => pattern.exec(line)).find((found) => found !== null);
    if (match?.[1] !== undefined) paths.push(match[1]);
  }
  return [...new Set(paths)].slice(0, limit);
}
