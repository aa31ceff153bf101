import { fail } from '../../../shared/errors';
import type { Running } from '../engine';
import type { BlameRange, Comparison } from '../operations/comparison';
import { pathFromBytes } from '../path-bytes';
import { requirePaths } from '../repository-path';
import { read } from './local';
import { unquotedPath } from './quoted-path';
import type { LocalGit } from './repository-environment';
import { requireCommit } from './revision';

type Origin = Pick<BlameRange, 'author' | 'authoredAt' | 'subject'>;

/** `git blame --incremental`, put in order. */
export async function blame(
  git: LocalGit,
  { directory, path, ref }: Parameters<Comparison['blame']>[0],
  running: Running,
): Promise<BlameRange[]> {
  requirePaths([path]);
  if (/\p{Surrogate}/u.test(path))
    fail({
      kind: 'unsupported',
      what: 'The origin of the lines of this file',
      reason: 'Its name is not UTF-8, and git blame takes a name only as an argument, which has to be.',
    });
  const commit = ref === null ? [] : [await requireCommit(git, directory, ref)];
  const reader = blameReader();
  await read(
    git,
    directory,
    ['blame', '--incremental', '--root', '--encoding=UTF-8', '--no-textconv', ...commit, '--', path],
    { signal: running.signal, onOutput: (piece) => reader.add(piece) },
  );
  return joined(reader.ranges);
}

const lineFeed = 0x0a;

/** A range is a header, what is known of its commit where that is told the first time, and its path. */
function blameReader() {
  const ranges: BlameRange[] = [];
  const origins = new Map<string, Origin>();
  let rest = Buffer.alloc(0);
  let header = { oid: '', originalStart: 0, start: 0, lines: 0 };
  let origin: Origin | null = null;

  const line = (bytes: Buffer) => {
    if (header.oid === '') {
      const [oid = '', originalStart = '', start = '', lines = ''] = bytes.toString('latin1').split(' ');
      header = { oid, originalStart: Number(originalStart), start: Number(start), lines: Number(lines) };
      origin = origins.get(oid) ?? { author: { name: '', email: '' }, authoredAt: 0, subject: '' };
      origins.set(oid, origin);
      return;
    }
    const space = bytes.indexOf(0x20);
    const name = bytes.toString('latin1', 0, space < 0 ? bytes.length : space);
    const text = () => bytes.toString('utf8', space + 1);
    if (!origin) return;
    if (name === 'author') origin.author.name = text();
    else if (name === 'author-mail') origin.author.email = text().replace(/^<(.*)>$/, '$1');
    else if (name === 'author-time') origin.authoredAt = (Number.parseInt(text(), 10) || 0) * 1000;
    else if (name === 'summary') origin.subject = text();
    else if (name === 'filename') {
      const { oid, ...where } = header;
      const path = pathFromBytes(unquotedPath(bytes.subarray(space + 1)));
      ranges.push({ ...where, ...origin, oid: /^0+$/.test(oid) ? null : oid, path });
      header = { ...header, oid: '' };
    }
  };
  return {
    ranges,
    add(piece: Buffer) {
      const bytes = rest.length === 0 ? piece : Buffer.concat([rest, piece]);
      let from = 0;
      for (let end = bytes.indexOf(lineFeed); end >= 0; end = bytes.indexOf(lineFeed, from)) {
        line(bytes.subarray(from, end));
        from = end + 1;
      }
      rest = Buffer.from(bytes.subarray(from));
    },
  };
}

/** In the order of lines, neighbours of one origin as one range (blame.c, blame_coalesce). */
function joined(ranges: BlameRange[]): BlameRange[] {
  const found: BlameRange[] = [];
  for (const range of ranges.sort((a, b) => a.start - b.start)) {
    const last = found.at(-1);
    if (
      last?.oid === range.oid &&
      last.path === range.path &&
      last.start + last.lines === range.start &&
      last.originalStart + last.lines === range.originalStart
    )
      last.lines += range.lines;
    else found.push(range);
  }
  return found;
}
