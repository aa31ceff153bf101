import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { execa } from 'execa';
import { gitEnvironment } from '../fakes/repositories';

export interface Shape {
  commits: number;
  files: number;
  /** Files changed by one commit, at most. */
  changes: number;
  /** Lines of a file, at most. */
  lines: number;
  /** One commit in so many changes files, the others none. Absent: each does. */
  changing?: number;
}

/** About as many objects and bytes as projects of that many commits have. */
export const shapes = {
  small: { commits: 1200, files: 900, changes: 8, lines: 400 },
  medium: { commits: 80_000, files: 4000, changes: 2, lines: 400 },
  large: { commits: 1_000_000, files: 100_000, changes: 1, lines: 40 },
} as const satisfies Record<string, Shape>;

const words =
  'alpha render commit graph lane cache index fetch merge object parser buffer stream worker status diff patch remote branch token layout window button editor search filter signal config value state model handler adapter queue retry error panel'.split(
    ' ',
  );

/** Numbers that are the same in every run: xorshift. */
function numbers(): (below: number) => number {
  let state = 0x9e3779b1;
  return (below) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % below;
  };
}

/** The same as `importSyntheticHistory`, packed as a server has it. */
export async function makeSyntheticRepository(directory: string, shape: Shape): Promise<void> {
  await importSyntheticHistory(directory, shape);
  await execa('git', ['-C', directory, 'repack', '-adq'], { env: gitEnvironment, extendEnv: false });
}

/**
 * Writes a bare repository of a shape, the same every time: a first commit of
 * all files, then commits on a main branch and on topic branches that are
 * merged into it.
 */
export async function importSyntheticHistory(directory: string, shape: Shape): Promise<void> {
  const options = { env: gitEnvironment, extendEnv: false };
  await execa(
    'git',
    ['init', '--quiet', '--bare', '--template=', '--initial-branch=main', directory],
    options,
  );
  const importer = spawn('git', ['-C', directory, 'fast-import', '--quiet', '--force'], {
    env: gitEnvironment,
    stdio: ['pipe', 'ignore', 'inherit'],
  });
  const closed = once(importer, 'close');
  for (const text of stream(shape)) if (!importer.stdin.write(text)) await once(importer.stdin, 'drain');
  importer.stdin.end();
  await closed;
}

/** Topic branches that are open at a time, and how many commits pass between two merges. */
const topics = 12;
const mergeEvery = 8;

function* stream({ commits, files, changes, lines, changing = 1 }: Shape): Generator<string> {
  const next = numbers();
  const sentence = Array.from({ length: 4096 }, () =>
    Array.from({ length: 4 + next(6) }, () => words[next(words.length)]).join(' '),
  );
  const length = Uint16Array.from({ length: files }, () => 5 + next(lines - 5));
  const revision = new Uint32Array(files);
  const nameOf = (file: number) =>
    `area${file % 9}/mod${Math.floor(file / 360)}/file${file}.${['ts', 'js', 'md', 'css'][file % 4]}`;
  // A new revision changes one line of the file.
  const contentOf = (file: number) => {
    const count = length[file] ?? 5;
    const made: string[] = [];
    for (let line = 0; line < count; line += 1)
      made.push(
        `${sentence[(file * 31 + line * 7) & 4095]} ${Math.floor(((revision[file] ?? 0) + count - 1 - line) / count)};\n`,
      );
    return made.join('');
  };
  const data = (text: string) => `data ${text.length}\n${text}\n`;
  let mark = 0;
  let time = 1_500_000_000;
  const head = (ref: string, subject: string) => {
    mark += 1;
    time += 1 + next(600);
    const by = `${words[next(words.length)]} <dev${next(500)}@example.test> ${time} +0000`;
    return `commit ${ref}\nmark :${mark}\nauthor ${by}\ncommitter ${by}\n${data(subject)}`;
  };
  const file = (index: number) => `M 100644 inline ${nameOf(index)}\n${data(contentOf(index))}`;
  const main = 'refs/heads/main';
  const open: { ref: string; tip: number; changed: Set<number> }[] = [];

  yield head(main, 'Import everything\n');
  let tip = mark;
  for (let index = 0; index < files; index += 1) yield file(index);
  for (let made = 1; made < commits; made += 1) {
    if (made % mergeEvery === 0 && open.length === topics) {
      const topic = open.shift();
      if (!topic) continue;
      yield `${head(main, `Merge ${topic.ref.slice(11)}\n`)}from :${tip}\nmerge :${topic.tip}\n`;
      for (const index of topic.changed) yield file(index);
      yield `\nreset ${topic.ref}\nfrom ${'0'.repeat(40)}\n\n`;
      tip = mark;
      continue;
    }
    if (open.length < topics && next(4) === 0)
      open.push({ ref: `refs/heads/topic/${made}`, tip, changed: new Set() });
    const topic = next(3) === 0 ? undefined : open[next(open.length || 1)];
    yield `${head(topic?.ref ?? main, `${sentence[next(4096)]}\n\n${sentence[next(4096)]}\n`)}from :${topic?.tip ?? tip}\n`;
    const count = made % changing === 0 ? 1 + next(changes) : 0;
    for (let change = 0; change < count; change += 1) {
      const index = Math.floor((next(1_000_000) / 1_000_000) ** 2 * files);
      revision[index] = (revision[index] ?? 0) + 1;
      topic?.changed.add(index);
      yield file(index);
    }
    yield '\n';
    if (topic) topic.tip = mark;
    else tip = mark;
    if (made % Math.ceil(commits / 200) === 0) yield `reset refs/tags/v${made}\nfrom :${tip}\n\n`;
  }
  yield 'done\n';
}
