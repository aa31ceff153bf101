import type { Make, Row } from './error-row';

const diskFull: Make = ({ directory }) => ({ kind: 'disk-full', path: directory });
const notWritable: Make = ({ directory }, _match, detail) => ({
  kind: 'directory-not-writable',
  path: directory,
  detail,
});

/** Of disk and folders. They stand before the complaints that follow from them. */
export const diskRows: readonly Row[] = [
  [/No space left on device/, diskFull],
  [/Disk quota exceeded/, diskFull],
  [/There is not enough space on the disk/, diskFull],
  // The file was made and took no more bytes; git names no cause (entry.c, config.c, csum-file.c, refs/files-backend.c).
  [/write error\. Out of diskspace/, diskFull],
  [/^error: unable to write file [^\n:]*$/m, diskFull],
  [/^error: failed to write new configuration file /m, diskFull],
  [/couldn't write '[^\n]*\.lock'$/m, diskFull],
  [/Read-only file system/, notWritable],
  [/could not create (?:work tree dir|leading directories of) '[^\n]*': Permission denied/, notWritable],
  [
    /(?:unable to|could not|cannot|failed to) (?:create|mkdir|open|write)[^\n]*: Permission denied/i,
    notWritable,
  ],
  [/insufficient permission for adding an object/, notWritable],
  [
    /File ?name too long/i,
    ({ command }) => ({
      kind: 'git-failed',
      command,
      exitCode: null,
      detail: 'A name in this repository is longer than this file system allows.',
    }),
  ],
  [
    /destination path '[^\n]*' already exists and is not an empty directory/,
    ({ directory }) => ({ kind: 'directory-not-empty', path: directory }),
  ],
];
