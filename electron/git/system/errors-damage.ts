import type { Make, Row } from './error-row';

const damaged: Make = ({ directory }, _match, detail) => ({
  kind: 'repository-damaged',
  path: directory,
  detail,
});

/** Of files of a repository that do not hold what they must (object-file.c, packfile.c, read-cache.c, refs/). */
export const damageRows: readonly Row[] = [
  [/object file [^\n]* is empty/, damaged],
  [/loose object [0-9a-f]+ \(stored in [^\n]*\) is corrupt/, damaged],
  [/packed object [0-9a-f]+ \(stored in [^\n]*\) is corrupt/, damaged],
  [
    /packfile [^\n]* (?:is truncated|claims to have|does not match index|cannot be (?:accessed|mapped))/,
    damaged,
  ],
  [/(?:index file|packfile) [^\n]* is too small|non-monotonic index|wrong index v\d file size/i, damaged],
  [/inflate: data stream error|unable to unpack [0-9a-f]+ header|garbage at end of loose object/, damaged],
  [/(?:hash|sha1) mismatch|object [0-9a-f]+ is (?:damaged|corrupt)/i, damaged],
  [/index file corrupt|index file smaller than expected|bad index file sha1 signature/, damaged],
  [/bad signature 0x[0-9a-f]+|index uses [^\n]* extension, which we do not understand/, damaged],
  [/unordered stage entries in index|malformed name field in the index|bad index version/, damaged],
  [/unable to read (?:tree|[0-9a-f]{40}|sha1 file)|bad tree object|Could not read [0-9a-f]{40}/, damaged],
  [/missing blob object|missing object [0-9a-f]+|could not parse (?:commit|object)/i, damaged],
  [/unable to resolve reference '[^\n]*': reference broken|invalid sha1 pointer in|bad ref for /, damaged],
  [/your current branch appears to be broken|failed to resolve HEAD|Bad tail for reflog/i, damaged],
  [/unexpected line in [^\n]*packed-refs|packed-refs[^\n]*(?:corrupt|malformed|unterminated)/i, damaged],
  [/commit-graph[^\n]*(?:is too small|has incorrect|out-of-order|too large|corrupt)/i, damaged],
  [/bad object [^\s]+|is not a valid '?(?:commit|tree|blob|tag)'? object/, damaged],
];
