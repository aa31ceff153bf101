import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';

const root = path.resolve(import.meta.dirname, '..');

function sources(folder: string): string[] {
  return readdirSync(path.join(root, folder), { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && /\.(ts|tsx|mts|cts|mjs)$/.test(entry.name))
    .map((entry) => path.relative(root, path.join(entry.parentPath, entry.name)).replaceAll('\\', '/'));
}

interface Import {
  from: string;
  to: string;
  typeOnly: boolean;
}

function imports(file: string): Import[] {
  const text = readFileSync(path.join(root, file), 'utf8');
  const found: Import[] = [];
  const pattern =
    /(?:^|\n)\s*(import|export)\s+(type\s)?[^'"`;]*?from\s+['"]([^'"]+)['"]|import\(\s*['"]([^'"]+)['"]|(?:^|\n)\s*import\s+['"]([^'"]+)['"]/g;
  for (const match of text.matchAll(pattern)) {
    const target = match[3] ?? match[4] ?? match[5];
    if (!target) continue;
    found.push({
      from: file,
      typeOnly: match[2] !== undefined,
      to: target.startsWith('.')
        ? path.posix.normalize(path.posix.join(path.posix.dirname(file), target))
        : `package:${target}`,
    });
  }
  return found;
}

/**
 * Who may import whom: the table of ARCHITECTURE.md. First matching row wins.
 * Own folder (the row's `own` prefix) is always allowed.
 */
const rows: { files: RegExp; own: (file: string) => string[]; may: RegExp[] }[] = [
  { files: /^shared\//, own: () => ['shared/'], may: [] },
  { files: /^renderer\/components\//, own: () => ['renderer/components/'], may: [] },
  {
    files: /^renderer\/features\/([^/]+)\//,
    own: (file) => [file.split('/').slice(0, 3).join('/') + '/'],
    may: [/^renderer\/(components|rpc|errors)\//, /^shared\//],
  },
  // ErrorNotice joins the words of describe.ts to the parts that show them.
  {
    files: /^renderer\/errors\//,
    own: () => ['renderer/errors/'],
    may: [/^renderer\/components\//, /^shared\//],
  },
  {
    files: /^renderer\/rpc\//,
    own: (file) => [file.split('/').slice(0, 2).join('/') + '/'],
    may: [/^shared\//],
  },
  { files: /^renderer\/[^/]+$/, own: () => ['renderer/'], may: [/^shared\//] },
  {
    files: /^electron\/(desktop|browser)\//,
    own: (file) => [file.split('/').slice(0, 2).join('/') + '/'],
    may: [/^electron\/(compose|platform)$/, /^electron\/data\//, /^shared\//],
  },
  {
    files: /^electron\/services\//,
    own: () => ['electron/services/'],
    may: [
      /^electron\/providers\/(provider|registry|http|diagnosis|oauth)$/,
      /^electron\/git\/(engine|choose|configuration|pull|trust|operations\/[\w-]+)$/,
      /^electron\/(credentials|prompts|storage|network|doctor)\//,
      /^electron\/platform$/,
      /^shared\//,
    ],
  },
  {
    files: /^electron\/providers\/http\//,
    own: () => ['electron/providers/http/'],
    may: [
      /^electron\/providers\/provider$/,
      /^electron\/network\/(network|dispatcher|failure-codes|system-proxy)$/,
      /^shared\//,
    ],
  },
  {
    files: /^electron\/providers\/[^/]+\//,
    own: (file) => [file.split('/').slice(0, 3).join('/') + '/'],
    may: [
      /^electron\/providers\/(provider|http|token-form|server-address|fan-out|review|diagnosis|oauth)$/,
      /^shared\//,
    ],
  },
  {
    files: /^electron\/providers\/[^/]+$/,
    own: () => ['electron/providers/'],
    may: [/^electron\/network\/(network|second-look)$/, /^shared\//],
  },
  {
    files: /^electron\/git\/(system|isomorphic)\//,
    own: (file) => [file.split('/').slice(0, 3).join('/') + '/'],
    may: [
      /^electron\/git\/(engine|guard|configuration|trust|path-bytes|ref-name|repository-path)$/,
      /^electron\/git\/operations\//,
      /^electron\/network\/(network|dispatcher|failure-codes|second-look)$/,
      /^electron\/credentials\/(broker|channel)$/,
      /^shared\//,
    ],
  },
  { files: /^electron\/git\/trust\//, own: () => ['electron/git/trust/'], may: [/^shared\//] },
  {
    files: /^electron\/git\/operations\//,
    own: () => ['electron/git/operations/'],
    may: [/^electron\/git\/engine$/, /^electron\/credentials\/broker$/, /^shared\//],
  },
  {
    files: /^electron\/git\/[^/]+$/,
    own: () => ['electron/git/'],
    may: [/^electron\/credentials\/(broker|channel)$/, /^electron\/network\/network$/, /^shared\//],
  },
  {
    files: /^electron\/credentials\//,
    own: () => ['electron/credentials/'],
    may: [
      /^electron\/network\/network$/,
      /^electron\/providers\/(provider|registry|http|oauth)$/,
      /^electron\/(prompts|storage|data)\//,
      /^electron\/platform$/,
      /^shared\//,
    ],
  },
  {
    files: /^electron\/(prompts|storage)\//,
    own: (file) => [file.split('/').slice(0, 2).join('/') + '/'],
    may: [/^electron\/platform$/, /^shared\//],
  },
  {
    files: /^electron\/network\//,
    own: () => ['electron/network/'],
    may: [
      /^electron\/credentials\/(vault|unlock)$/,
      /^electron\/storage\//,
      /^electron\/platform$/,
      /^shared\//,
    ],
  },
  {
    files: /^electron\/doctor\//,
    own: () => ['electron/doctor/'],
    may: [
      /^electron\/providers\/(provider|registry|http|diagnosis)$/,
      /^electron\/git\/(engine|choose)$/,
      /^electron\/(credentials|storage|network)\//,
      /^electron\/platform$/,
      /^shared\//,
    ],
  },
  { files: /^electron\/data\//, own: () => ['electron/data/'], may: [/^shared\//] },
  { files: /^electron\/platform\.ts$/, own: () => [], may: [/^shared\//] },
  { files: /^electron\/compose\.ts$/, own: () => ['electron/'], may: [/^shared\//] },
  { files: /^electron\/[^/]+\.(mjs|d\.mts)$/, own: () => ['electron/'], may: [] },
];

describe('boundaries', () => {
  const files = ['shared', 'electron', 'renderer'].flatMap(sources);

  it('every import of ours is allowed by the table', () => {
    const forbidden: string[] = [];
    for (const file of files) {
      const row = rows.find((candidate) => candidate.files.test(file));
      if (!row) {
        forbidden.push(`${file}: no row of the table covers this file`);
        continue;
      }
      for (const found of imports(file)) {
        if (found.to.startsWith('package:')) continue;
        if (row.own(file).some((own) => found.to.startsWith(own))) continue;
        if (row.may.some((allowed) => allowed.test(found.to.replace(/\.tsx?$/, '')))) continue;
        forbidden.push(`${file} imports ${found.to}`);
      }
    }
    expect(forbidden).toEqual([]);
  });

  it('only electron/desktop imports the electron packages', () => {
    const forbidden = files
      .filter((file) => !file.startsWith('electron/desktop/'))
      .flatMap(imports)
      .filter((found) => /^package:electron(-store)?$/.test(found.to));
    expect(forbidden).toEqual([]);
  });

  it('only the git run files, and what starts us, start processes, and only the http files open connections', () => {
    const forbidden: string[] = [];
    const doors: [RegExp, RegExp][] = [
      [
        /^package:(node:)?child_process$|^package:execa$/,
        /^electron\/(git\/system\/run\.ts|browser\/open-external\.ts|credentials\/agent-start\.ts|start\.mjs|build\.mjs|dev\.mjs)$/,
      ],
      [
        /^package:(undici|(node:)?https?)$/,
        /^electron\/(providers\/http\.ts|providers\/http\/.*|network\/.*|git\/isomorphic\/http\.ts|browser\/(server|door|static).*\.ts|start\.mjs|dev\.mjs)$/,
      ],
    ];
    for (const file of files)
      for (const found of imports(file))
        for (const [target, door] of doors)
          if (!found.typeOnly && target.test(found.to) && !door.test(file))
            forbidden.push(`${file} imports ${found.to}`);
    expect(forbidden).toEqual([]);
  });

  it('no name hides its job', () => {
    // "credential helper" is git's own word for the program it starts.
    const named = files.filter((file) => file !== 'electron/credentials/helper.ts');
    expect(named.filter((file) => /(^|\/)(utils?|helpers?|common|managers?|misc)(\.|\/)/.test(file))).toEqual(
      [],
    );
  });

  it('ARCHITECTURE.md names every second-level folder', () => {
    const map = readFileSync(path.join(root, 'ARCHITECTURE.md'), 'utf8');
    const folders = ['shared', 'electron', 'renderer', 'test'].flatMap((top) =>
      readdirSync(path.join(root, top), { withFileTypes: true })
        .filter((entry) => entry.isDirectory())
        .map((entry) => `${top}/${entry.name}`),
    );
    expect(folders.filter((folder) => !map.includes(`${folder}/`))).toEqual([]);
  });
});
