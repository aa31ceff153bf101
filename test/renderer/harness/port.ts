// Takes the place of renderer/rpc/port.ts in the page under test.
import type { ClientContext, ClientLink } from '@orpc/client';
import { RPCLink } from '@orpc/client/message-port';
import { RPCHandler } from '@orpc/server/message-port';
import { counted } from '../calls-under-way';
import { type CoreState, standInCore } from './core';
import { kinds } from './kinds';

const blank: CoreState = {
  kinds,
  accounts: [],
  notices: [],
  dismissed: [],
  repositories: [],
  preferences: {
    theme: 'system',
    cloneParent: '',
    cloneProtocol: 'https',
    diffStyle: 'split',
    engine: 'auto',
    gitPath: '',
    saveFromTerminal: 'ask',
    backgroundFetchMinutes: 15,
    fetchPrune: false,
    writeCommitGraph: true,
  },
  secretStore: { backend: 'os', locked: false, choices: ['session'], why: null },
  passphrase: '',
  questions: [],
  signIn: { ok: false, error: { kind: 'token-refused', host: 'github.com' } },
  signInApps: [],
  installations: [],
  onPage: {
    kind: 'code',
    userCode: 'WDJB-MJHT',
    url: 'https://github.com/login/device',
    expiresAt: Date.now() + 899_000,
  },
  listFails: null,
  removalImpact: [],
  moves: [],
  calls: [],
  cancelled: 0,
  answers: [],
  ssh: { keys: [], accountKeys: [], repositoryKeys: [], passphrases: [] },
  savedCredentials: [],
  allowedHosts: [],
  terminalScopes: [],
  terminalFails: null,
  diagnoses: [],
  trustedFolders: [],
  clone: null,
  programs: {
    git: { path: '/usr/bin/git', version: '2.39.5', lacks: [] },
    ssh: { path: '/usr/bin/ssh', version: '9.2', lacks: [] },
    lfs: '3.4.0',
    shell: '/bin/sh',
  },
};

declare global {
  interface Window {
    /** Set by the test before the page's scripts run. */
    standInState?: Partial<CoreState>;
    standIn: ReturnType<typeof standInCore> & { state: CoreState };
    setLink(state: string): void;
  }
}

const state: CoreState = { ...blank, ...window.standInState };
const core = standInCore(state);
window.standIn = Object.assign(core, { state });

let link = 'open';
const listeners = new Set<() => void>();
window.setLink = (next) => {
  link = next;
  for (const listener of listeners) listener();
};

export const linkState = {
  get: () => link,
  subscribe: (listener: () => void) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  },
};

export function createLink(): ClientLink<ClientContext> {
  const channel = new MessageChannel();
  new RPCHandler(core.router).upgrade(channel.port1);
  channel.port1.start();
  channel.port2.start();
  return counted(new RPCLink<ClientContext>({ port: channel.port2 }));
}
