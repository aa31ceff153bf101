import { fleet, papermill, plain, storefront, tideline } from './stories';
import { World, type WorldCheck, type WorldPullRequest, type WorldRepository, type WorldVote } from './world';

/** The person every stand-in's first account belongs to, and the same person's second account. */
export const signedIn = 'mira';
export const secondAccount = 'mira-work';

const day = 24;

interface PullSpec {
  number: number;
  title: string;
  description: string;
  author: string;
  source: string;
  state?: WorldPullRequest['state'];
  draft?: boolean;
  fork?: WorldRepository;
  reviewers?: [login: string, vote: WorldVote, required?: boolean][];
  checks?: [name: string, state: WorldCheck['state'], description: string][];
  labels?: string[];
  comments?: [login: string, body: string, hoursAgo: number][];
  threads?: {
    path: string;
    at: string;
    side?: 'old' | 'new';
    outdated?: boolean;
    resolved?: boolean;
    comments: [login: string, body: string, hoursAgo: number][];
  }[];
  created: number;
  updated: number;
  mergeable?: boolean;
}

/** Adds a pull request to a world; tests add their own the same way. */
export function addPull(world: World, repository: WorldRepository, spec: PullSpec): WorldPullRequest {
  const comment = ([login, body, hours]: [string, string, number]) => ({
    id: world.id(),
    author: world.user(login),
    body,
    at: world.ago(hours),
    system: world.user(login).bot === true,
  });
  const pull: WorldPullRequest = {
    id: world.id(),
    number: spec.number,
    repository,
    title: spec.title,
    description: spec.description,
    author: world.user(spec.author),
    source: spec.source,
    target: repository.defaultBranch,
    fork: spec.fork ?? null,
    state: spec.state ?? 'open',
    draft: spec.draft ?? false,
    reviewers: (spec.reviewers ?? []).map(([login, vote, required]) => ({
      user: world.user(login),
      vote,
      required: required ?? false,
      at: world.ago(spec.updated + 1),
    })),
    checks: (spec.checks ?? []).map(([name, state, description]) => ({
      id: world.id(),
      name,
      state,
      description,
      url: `https://ci.northwind.example/runs/${spec.number}/${encodeURIComponent(name)}`,
      at: world.ago(spec.updated),
    })),
    labels: spec.labels ?? [],
    comments: (spec.comments ?? []).map(comment),
    threads: (spec.threads ?? []).map((thread) => ({
      id: world.id(),
      path: thread.path,
      at: thread.at,
      side: thread.side ?? 'new',
      outdated: thread.outdated ?? false,
      resolved: thread.resolved ?? false,
      comments: thread.comments.map(comment),
    })),
    createdAt: world.ago(spec.created),
    updatedAt: world.ago(spec.updated),
    mergeable: spec.mergeable ?? true,
  };
  world.pullRequests.push(pull);
  return pull;
}

type Row = [
  namespace: string,
  name: string,
  description: string,
  options?: Partial<WorldRepository> & { second?: true },
];

const mine = [signedIn, 'jonas', 'priya', 'tomas', 'aiko', 'sam'];

function people(world: World): void {
  world.addUser('mira', 'Mira Keller', 'mira.keller@northwind.example');
  world.addUser('mira-work', 'Mira Keller (Keller Consulting)', 'mira@keller-consulting.example');
  world.addUser('jonas', 'Jonas Lindqvist', 'jonas.lindqvist@northwind.example');
  world.addUser('priya', 'Priya Raman', 'priya.raman@northwind.example');
  world.addUser('tomas', 'Tomás Herrera', 'tomas.herrera@northwind.example');
  world.addUser('aiko', 'Aiko Tanaka', 'aiko.tanaka@northwind.example');
  world.addUser('sam', 'Sam Okafor', 'sam.okafor@northwind.example');
  world.addUser('dependency-watch', 'Dependency Watch', 'bot@northwind.example', { bot: true });
}

function rows(
  world: World,
  list: Row[],
  decorate: (row: Row) => Partial<WorldRepository> = () => ({}),
): void {
  for (const [index, row] of list.entries()) {
    const [namespace, name, description, { second, ...options } = {}] = row;
    world.addRepository({
      namespace,
      name,
      description,
      story: plain,
      readers: second ? [secondAccount] : mine,
      updatedAt: world.ago(5 + index * 31),
      createdAt: world.ago(900 * day - index * 200),
      sizeBytes: 90_000 + ((index * 7919) % 90) * 61_000,
      ...decorate(row),
      ...options,
    });
  }
}

const longName =
  'a-repository-with-a-name-so-long-that-no-column-can-show-all-of-it-and-still-somebody-chose-it';

const escapeDescription = (
  where: string,
) => `Names typed by customers were put into ${where} as they are. A customer called

    <img src=x onerror="window.__xss=1">

could run a program in our page. To see it before this change, paste one of these:

<script>window.__xss = 1</script>
<img src=x onerror="window.__xss=1">
<a href="javascript:window.__xss=1">a harmless link</a>

After it, they are shown as text.`;

export function githubWorld(): World {
  const world = new World(41_000);
  people(world);
  rows(world, [
    ['northwind', 'storefront', 'The shop our customers see', { story: storefront, updatedAt: world.ago(3) }],
    ['northwind', 'warehouse', 'Knows what lies where, and how much of it'],
    [
      'northwind',
      'design-tokens',
      'Colours, sizes and fonts of everything we show',
      { visibility: 'internal' },
    ],
    ['northwind', 'handbook', 'How we work: holidays, on call, money', { visibility: 'internal' }],
    ['northwind', 'mail-templates', 'E-mails in eleven languages'],
    [
      'northwind',
      'legacy-shop',
      'The shop before 2021. Read only.',
      { archived: true, updatedAt: world.ago(900 * day) },
    ],
    [
      'northwind',
      longName,
      'Kept to see what a long name and a description that goes on and on, well beyond what anybody would read in a list, do to the layout of a page that was drawn with short names in mind',
    ],
    ['northwind', 'ideas', '', { empty: true, sizeBytes: 0, updatedAt: world.ago(30) }],
    ['aurora-labs', 'spectrum', 'Finds colours that go together', { visibility: 'public' }],
    ['aurora-labs', 'chart-kit', 'Charts without surprises', { visibility: 'public' }],
    [
      'aurora-labs',
      'grafik-övningar',
      'Övningar i grafik – für Anfänger, 初心者向け',
      { slug: 'grafik-ovningar' },
    ],
    ['mira', 'dotfiles', 'My shell, my editor, my keys (not really)', { readers: ['mira'] }],
    ['mira', 'sourdough', 'Recipes with version control', { visibility: 'public' }],
    [
      'mira',
      'chart-kit',
      'Charts without surprises',
      { visibility: 'public', forkOf: 'aurora-labs/chart-kit' },
    ],
    ['keller-consulting', 'tax-returns', 'Private to the second account', { second: true }],
    ['keller-consulting', 'clients', 'Who owes what', { second: true }],
    [
      'sam',
      'storefront',
      'The shop our customers see',
      { forkOf: 'northwind/storefront', readers: mine, story: storefront },
    ],
  ]);
  const repository = world.repository('northwind/storefront');
  addPull(world, repository, {
    number: 42,
    title: 'Retry payments the gateway did not answer',
    author: 'priya',
    source: 'feature/retry-payments',
    description: `Every evening some payments fail because the gateway restarts. Customers pay twice or give up.

## What changes

| situation | before | after |
| --- | --- | --- |
| gateway restarts | error | up to **4** tries |
| card refused | error | error, at once |
| timeout | error after 30 s | tries after 250 ms, 500 ms, 1 s |

\`\`\`ts
await retry(() => gateway.post('/payments', payment), { attempts: 4, firstWait: 250 });
\`\`\`

## To do

- [x] Repeat only what the gateway can recognise by its reference
- [x] Test that it gives up
- [ ] Ask the gateway's makers about their limit

> The reference makes a repeated payment harmless: see *docs/payments*.

Fixes #31.`,
    reviewers: [
      ['tomas', 'approved'],
      ['aiko', 'changes-requested'],
      ['mira', 'none'],
    ],
    checks: [
      ['test', 'passed', '214 tests passed'],
      ['lint', 'passed', ''],
      ['end-to-end (Firefox)', 'failed', '1 of 48 stories failed: a customer pays with two cards'],
      ['preview', 'pending', 'Deploying to preview-42'],
      ['publish', 'skipped', 'Only on main'],
    ],
    labels: ['payments', 'needs decision'],
    comments: [
      [
        'jonas',
        'Yesterday 41 payments failed between 20:00 and 20:03. This would have saved 39 of them.',
        48,
      ],
      ['dependency-watch', 'No new dependencies. 👍', 47],
      ['priya', 'Thanks! @mira could you look at the waits?', 25],
    ],
    threads: [
      {
        path: 'src/payments/retry.ts',
        at: 'wait = wait + options.firstWait',
        outdated: true,
        resolved: true,
        comments: [
          ['aiko', 'Adding keeps the load almost constant. Should it not double?', 46],
          ['priya', 'It should. Done.', 26],
        ],
      },
      {
        path: 'src/payments/retry.ts',
        at: 'if (attempt === options.attempts) throw error;',
        comments: [
          [
            'aiko',
            'A refused card must not be tried again: could the error say whether it is worth it?\n\n```ts\nif (!error.temporary || attempt === options.attempts) throw error;\n```',
            24,
          ],
          ['tomas', 'Good point, gateway answers 402 for those.', 22],
        ],
      },
      {
        path: 'src/payments/client.ts',
        at: "const answer = await gateway.post('/payments', {",
        side: 'old',
        comments: [['tomas', 'Was this ever measured?', 30]],
      },
    ],
    created: 54,
    updated: 3,
  });
  addPull(world, repository, {
    number: 44,
    title: 'Dark theme',
    author: 'mira',
    source: 'mira/dark-theme',
    draft: true,
    description:
      'Colours first, switch later.\n\n- [x] names\n- [ ] a switch in the menu\n- [ ] pictures with a white background',
    labels: ['design'],
    checks: [['test', 'pending', 'Waiting for a runner']],
    created: 29,
    updated: 8,
  });
  addPull(world, repository, {
    number: 43,
    title: 'Escape customer names in e-mails',
    author: 'sam',
    source: 'escape-names',
    fork: world.repository('sam/storefront'),
    description: escapeDescription('e-mails'),
    reviewers: [['mira', 'none']],
    checks: [['test', 'passed', '']],
    labels: ['security'],
    comments: [['sam', 'Found with <script>window.__xss=1</script> as a name.', 98]],
    created: 100,
    updated: 90,
    mergeable: false,
  });
  addPull(world, repository, {
    number: 38,
    title: 'Round the total to cents',
    author: 'aiko',
    source: 'fix/rounding',
    state: 'merged',
    description: 'Three times 0.1 was 0.30000000000000004.',
    reviewers: [['tomas', 'approved']],
    checks: [['test', 'passed', '213 tests passed']],
    created: 12 * day,
    updated: 10 * day,
  });
  addPull(world, repository, {
    number: 29,
    title: 'Try another runtime',
    author: 'jonas',
    source: 'switch-to-deno',
    state: 'closed',
    description: 'Just to see how far we get. Not far.',
    reviewers: [['priya', 'commented']],
    comments: [['priya', 'Nice try, but three of our libraries do not run there.', 39 * day]],
    created: 40 * day,
    updated: 39 * day,
  });
  return world;
}

export function gitlabWorld(): World {
  const world = new World(72_000);
  people(world);
  rows(world, [
    [
      'platform',
      'tideline',
      'Moves logs from many machines to one place',
      { story: tideline, updatedAt: world.ago(6) },
    ],
    ['platform', 'runner-images', 'Images our pipelines run in'],
    [
      'platform/observability',
      'dashboards',
      'What the screens in the hallway show',
      { visibility: 'internal' },
    ],
    ['platform/observability', 'alert-rules', 'Who is woken up, and why'],
    ['platform/observability/exporters', 'postgres-exporter', 'Figures of every database'],
    [
      'platform/observability/exporters',
      'nginx-exporter',
      'Figures of every web server',
      { forkOf: 'community/nginx-exporter' },
    ],
    ['platform', 'terraform-modules', 'Machines, networks, buckets'],
    [
      'platform',
      'old-deploy',
      'Scripts from before the pipelines',
      { archived: true, updatedAt: world.ago(1100 * day) },
    ],
    ['platform', longName, 'A name that no column can hold'],
    ['platform', 'scratch', '', { empty: true, sizeBytes: 0, updatedAt: world.ago(55) }],
    ['data', 'warehouse-models', 'Tables everybody may rely on', { visibility: 'internal' }],
    ['data', 'notebooks', 'Questions asked once', { defaultBranch: 'trunk' }],
    ['community', 'nginx-exporter', 'Figures of every web server', { visibility: 'public' }],
    ['mira', 'home-automation', 'Lamps and a boiler', { readers: ['mira'] }],
    ['keller', 'bookkeeping', 'Private to the second account', { second: true }],
    ['keller', 'contracts', 'Signed and unsigned', { second: true }],
  ]);
  const repository = world.repository('platform/tideline');
  addPull(world, repository, {
    number: 21,
    title: 'Keep batches on disk until they have arrived',
    author: 'aiko',
    source: 'buffer-on-disk',
    description: `Logs were lost whenever the target was away for more than a minute.

### How

1. A batch is written to \`/var/spool/tideline\` before it is sent.
2. It is removed when the target has answered with \`2xx\`.

| batches waiting | disk used |
| ---: | ---: |
| 100 | 2 MB |
| 10 000 | 200 MB |

- [x] Files only their owner can read
- [ ] An upper limit

\`\`\`sh
tideline -target https://logs.example -spool /var/spool/tideline
\`\`\``,
    reviewers: [
      ['mira', 'none'],
      ['jonas', 'approved'],
    ],
    checks: [
      ['test', 'passed', ''],
      ['build', 'failed', 'undefined: strconv (in an older job)'],
      ['race-detector', 'pending', ''],
      ['deploy', 'skipped', ''],
    ],
    labels: ['reliability', 'breaking'],
    comments: [['jonas', 'What happens when the disk is full?', 60]],
    threads: [
      {
        path: 'internal/spool/spool.go',
        at: '0o666',
        outdated: true,
        resolved: true,
        comments: [
          ['jonas', 'Everybody on the machine can read our logs then.', 65],
          ['aiko', 'Fixed: only the owner.', 33],
        ],
      },
      {
        path: 'internal/spool/spool.go',
        at: 's.seq++',
        comments: [['jonas', 'After a restart this begins at 1 again and overwrites what is waiting.', 28]],
      },
      {
        path: 'internal/ship/ship.go',
        at: 'const batchSize = 500',
        side: 'old',
        comments: [['sam', 'Why smaller batches?', 27]],
      },
    ],
    created: 70,
    updated: 6,
  });
  addPull(world, repository, {
    number: 23,
    title: 'Leave with a code of its own for every cause',
    author: 'mira',
    source: 'mira/exit-codes',
    draft: true,
    description: 'So that scripts can tell a typo from a dead network.',
    checks: [['test', 'passed', '']],
    created: 22,
    updated: 21,
  });
  addPull(world, repository, {
    number: 19,
    title: 'Escape labels in the status page',
    author: 'sam',
    source: 'escape-labels',
    description: escapeDescription('the status page'),
    reviewers: [['mira', 'none']],
    labels: ['security'],
    created: 90,
    updated: 80,
    mergeable: false,
  });
  addPull(world, repository, {
    number: 17,
    title: 'Send nothing when there is nothing',
    author: 'sam',
    source: 'no-empty-batch',
    state: 'merged',
    description: 'An empty line arrived at the target every minute.',
    reviewers: [['jonas', 'approved']],
    checks: [['test', 'passed', '']],
    created: 9 * day,
    updated: 8 * day,
  });
  addPull(world, repository, {
    number: 11,
    title: 'Read from syslog',
    author: 'jonas',
    source: 'syslog',
    state: 'closed',
    description: 'journald gives the same lines.',
    created: 50 * day,
    updated: 49 * day,
  });
  return world;
}

/** Bitbucket's: `namespace` is the workspace (Cloud) or the project's key (Data Center). */
export function bitbucketWorld(edition: 'cloud' | 'data-center'): World {
  const world = new World(edition === 'cloud' ? 15_000 : 200);
  people(world);
  const projects: Record<string, { key: string; name: string }> = {
    FIN: { key: 'FIN', name: 'Finance' },
    OPS: { key: 'OPS', name: 'Operations' },
    '~MIRA': { key: '~MIRA', name: 'Mira Keller' },
    KEL: { key: 'KEL', name: 'Keller Consulting' },
  };
  const place = (project: string) =>
    edition === 'cloud' ? (project === 'KEL' ? 'keller' : 'harbour') : project;
  const personal = edition === 'cloud' ? 'OPS' : '~MIRA';
  const list: Row[] = [
    [
      'FIN',
      'invoices',
      'Reads and writes the invoices of every country we sell in',
      { story: papermill, updatedAt: world.ago(9) },
    ],
    ['FIN', 'ledger', 'What was paid, when and by whom'],
    ['FIN', 'tax-tables', 'Rates of every country and year'],
    ['FIN', 'payroll-2019', 'Closed', { archived: true, updatedAt: world.ago(1500 * day) }],
    ['OPS', 'runbooks', 'What to do at night', { visibility: edition === 'cloud' ? 'private' : 'public' }],
    ['OPS', 'backup-agent', 'Copies what must not be lost'],
    ['OPS', 'switchboard', 'Who is called first'],
    ['OPS', longName, 'A name that no column can hold'],
    ['OPS', 'blank', '', { empty: true, sizeBytes: 0, updatedAt: world.ago(77) }],
    [personal, 'notes', 'Mira’s notes', { readers: ['mira'] }],
    [
      personal,
      'backup-agent-fork',
      'Copies what must not be lost',
      { forkOf: `${place('OPS')}/backup-agent`, readers: ['mira'] },
    ],
    ['OPS', 'open-ports', 'A list and a scanner', { visibility: 'public' }],
    ['KEL', 'offers', 'Private to the second account', { second: true }],
    ['KEL', 'timesheets', 'Hours', { second: true }],
  ];
  rows(
    world,
    list.map(
      ([project, name, description, options]): Row => [
        place(project),
        name,
        description,
        { project: projects[project], ...options },
      ],
    ),
  );
  const repository = world.repository(`${place('FIN')}/invoices`);
  addPull(world, repository, {
    number: 15,
    title: 'Read credit notes',
    author: 'tomas',
    source: 'feature/credit-notes',
    description: `Credit notes have the same lines as invoices, **turned round**.

| | invoice | credit note |
|---|---|---|
| net | 3.00 | -3.00 |
| VAT | 0.75 | -0.75 |

* [x] exact amounts
* [ ] the Swiss form

\`\`\`python
balance(read_credit_note(source))  # Decimal('-3.75')
\`\`\``,
    reviewers: [
      ['priya', 'approved'],
      ['sam', 'changes-requested'],
      ['mira', 'none'],
    ],
    checks: [
      ['Pipeline #208', 'passed', 'Passed in 48 s'],
      ['Coverage', 'failed', '81 % of 85 %'],
      ['Licences', 'pending', ''],
    ],
    comments: [['priya', 'Works with all of last year’s. Thank you!', 30]],
    threads: [
      {
        path: 'invoices/credit.py',
        at: 'def balance(lines: list[Line]) -> float:',
        outdated: true,
        resolved: true,
        comments: [
          ['sam', 'No floats for money, please.', 70],
          ['tomas', 'Right. Changed.', 31],
        ],
      },
      {
        path: 'invoices/credit.py',
        at: 'line.net = -line.net',
        comments: [['sam', 'This changes the lines the caller may still hold. Could it make new ones?', 20]],
      },
      {
        path: 'pyproject.toml',
        at: 'version = "2.3.0"',
        side: 'old',
        comments: [['priya', '2.4.0 is right, it is a new function.', 19]],
      },
    ],
    created: 76,
    updated: 9,
  });
  addPull(world, repository, {
    number: 16,
    title: 'Round Swiss invoices to five centimes',
    author: 'mira',
    source: 'feature/mira-swiss-rounding',
    draft: true,
    description: 'There has been no smaller coin since 2006.',
    checks: [['Pipeline #211', 'passed', '']],
    created: 18,
    updated: 17,
  });
  addPull(world, repository, {
    number: 14,
    title: 'Escape texts in the HTML form',
    author: 'sam',
    source: 'bugfix/escape-html',
    description: escapeDescription('the HTML form'),
    reviewers: [['mira', 'none']],
    created: 88,
    updated: 84,
    mergeable: false,
  });
  addPull(world, repository, {
    number: 12,
    title: 'Understand a comma as decimal mark',
    author: 'priya',
    source: 'bugfix/decimal-comma',
    state: 'merged',
    description: 'Half of Europe writes 3,00.',
    reviewers: [['sam', 'approved']],
    checks: [['Pipeline #190', 'passed', '']],
    created: 11 * day,
    updated: 9 * day,
  });
  addPull(world, repository, {
    number: 8,
    title: 'Print invoices as PDF',
    author: 'aiko',
    source: 'feature/pdf',
    state: 'closed',
    description: 'The print service does it.',
    created: 45 * day,
    updated: 44 * day,
  });
  return world;
}

/** Azure DevOps': `namespace` is the project. */
export function azureWorld(): World {
  const world = new World(400);
  people(world);
  rows(world, [
    ['Fleet', 'Fleet', 'Knows where every van is', { story: fleet, updatedAt: world.ago(4) }],
    ['Fleet', 'Fleet.Mobile', 'What drivers see'],
    ['Fleet', 'route-planner', 'The shortest way round'],
    ['Fleet', 'simulator', 'Vans that do not exist'],
    ['Fleet', 'fleet-2018', 'The first try', { archived: true, updatedAt: world.ago(1600 * day) }],
    ['Customer Portal', 'portal-web', 'What customers see'],
    ['Customer Portal', 'portal-api', 'What the page asks'],
    ['Customer Portal', 'Übersetzungen', 'Texte in elf Sprachen'],
    ['Customer Portal', 'empty start', 'Nothing yet', { empty: true, sizeBytes: 0 }],
    ['Platform', 'pipelines', 'Templates of every build'],
    ['Platform', longName.slice(0, 64), 'A name that no column can hold'],
    ['Platform', 'infrastructure', 'Bicep and patience'],
    ['Platform', 'infrastructure-mira', 'Bicep and patience', { forkOf: 'Platform/infrastructure' }],
    ['Keller', 'estimates', 'Private to the second account', { second: true }],
    ['Keller', 'letters', 'Sent and unsent', { second: true }],
  ]);
  const repository = world.repository('Fleet/Fleet');
  addPull(world, repository, {
    number: 427,
    title: 'List vans in pages',
    author: 'priya',
    source: 'users/priya/paging',
    description: `The list of all 14 000 vans took *nine seconds*.

| page size | time |
|----------:|-----:|
| 1000 | 610 ms |
| 50 | **12 ms** |

- [x] the database does the paging
- [ ] the page asks for it

\`\`\`csharp
return await store.Page(page, limited);
\`\`\``,
    reviewers: [
      ['mira', 'none', true],
      ['jonas', 'approved-with-suggestions'],
      ['tomas', 'waiting'],
      ['aiko', 'approved'],
    ],
    checks: [
      ['build', 'passed', 'Build 20261120.3 succeeded'],
      ['coverage', 'failed', 'Diff coverage 61 % is below 70 %'],
      ['security scan', 'pending', 'Queued'],
      ['release notes', 'neutral', 'Not applicable'],
    ],
    labels: ['performance'],
    comments: [
      ['jonas', 'Could we keep the old answer for the reports? They ask for everything.', 50],
      ['tomas', 'Waiting for the reports team.', 45],
    ],
    threads: [
      {
        path: 'src/Fleet.Api/Controllers/VansController.cs',
        at: 'return all.Skip(page * size).Take(size).ToList();',
        outdated: true,
        resolved: true,
        comments: [
          ['jonas', 'This still loads all of them.', 60],
          ['priya', 'The database does it now.', 29],
        ],
      },
      {
        path: 'src/Fleet.Api/Controllers/VansController.cs',
        at: 'var limited = Math.Clamp(size, 1, 200);',
        comments: [['aiko', 'Say so in docs/paging.md?', 20]],
      },
      {
        path: 'src/Fleet.Api/Controllers/VansController.cs',
        at: 'return await store.All();',
        side: 'old',
        comments: [['tomas', 'Is anybody else calling this?', 19]],
      },
    ],
    created: 64,
    updated: 4,
  });
  addPull(world, repository, {
    number: 431,
    title: 'Tell when a van is due for service',
    author: 'mira',
    source: 'users/mira/service-dates',
    draft: true,
    description: 'Six months for the ones that drive a lot.',
    checks: [['build', 'pending', 'Running']],
    created: 16,
    updated: 15,
  });
  addPull(world, repository, {
    number: 425,
    title: 'Encode driver names on the board',
    author: 'sam',
    source: 'users/sam/escape',
    description: escapeDescription('the board'),
    reviewers: [['mira', 'none']],
    labels: ['security'],
    created: 96,
    updated: 95,
    mergeable: false,
  });
  addPull(world, repository, {
    number: 412,
    title: 'Answer 404 for a van nobody knows',
    author: 'jonas',
    source: 'users/jonas/not-found',
    state: 'merged',
    description: 'It was 500.',
    reviewers: [['sam', 'approved']],
    checks: [['build', 'passed', '']],
    created: 15 * day,
    updated: 14 * day,
  });
  addPull(world, repository, {
    number: 398,
    title: 'Offer vans over gRPC',
    author: 'tomas',
    source: 'users/tomas/grpc',
    state: 'closed',
    description: 'Nobody asked for it.',
    reviewers: [['jonas', 'changes-requested']],
    created: 55 * day,
    updated: 54 * day,
  });
  return world;
}
