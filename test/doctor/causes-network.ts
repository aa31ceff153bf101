import type { CauseRow } from './causes';

const account = { kind: 'gitlab-self-managed' } as const;
const secret = 'glpat-4f1c9e2b7a6d8f3e5c0b';

/** What is wrong before any provider is asked. */
export const rows: CauseRow[] = [
  {
    name: 'no server is known under the name',
    of: 'Network',
    subject: () => ({
      account: {
        ...account,
        url: 'https://gitlab.nowhere.invalid',
        origins: { api: ['https://gitlab.nowhere.invalid'], git: ['https://gitlab.nowhere.invalid'] },
      },
      secret,
    }),
    expect: () => ({
      cause: 'host-unknown',
      step: 'dns',
      remedy: { kind: 'edit-account', field: 'url' },
      facts: { host: 'gitlab.nowhere.invalid' },
    }),
  },
  {
    name: 'a certificate that is signed by itself',
    of: 'Network',
    tls: 'self-signed',
    subject: () => ({ account, secret }),
    expect: (at) => ({
      cause: 'certificate-self-signed',
      step: 'certificate',
      remedy: { kind: 'trust-certificate', host: at.host },
    }),
  },
];
