import type { Socket } from 'node:net';
import type { TlsOptions } from 'node:tls';
import type { Route } from '../../electron/network/network';
import type { Account, AccountDraftInput } from '../../shared/contract/accounts';
import type { Cause, DoctorStep, Remedy } from '../../shared/contract/doctor';

/** Where a row's stand-in listens. */
export interface Place {
  /** scheme://127.0.0.1:port, or https with `tls`. */
  origin: string;
  /** 127.0.0.1:port */
  host: string;
  /** The same server under its second name, another origin: for products whose API has a host of its own. */
  api: string;
  /** Another server. The run fails when it receives anything that could be the secret. */
  evil: string;
}

export interface SeenByRow {
  method: string;
  /** Path and query as sent. */
  path: string;
  query: URLSearchParams;
  authorization: string | undefined;
  headers: Record<string, string | string[] | undefined>;
  body: string;
}

/** What the stand-in says, raw: status, headers and body exactly as the real server sends them. */
export interface Answer {
  /** Default 200. */
  status?: number;
  headers?: Record<string, string>;
  /** An object is sent as JSON (`application/json`), text as it is (`text/html` when it starts with <, else text/plain). */
  body?: unknown;
  /** Content-Type. */
  type?: string;
  /** The connection is cut instead of an answer. */
  cut?: boolean;
  /** Nothing is ever answered. */
  silent?: boolean;
}

/**
 * By `METHOD /path` (the query is ignored), `METHOD /path?query` (compared as it
 * is sent) or `METHOD /prefix/*`; the longest key that fits wins. What no key
 * names is answered 404 with an empty JSON object, and listed when the row fails.
 */
export type Answers = Record<string, Answer | ((request: SeenByRow) => Answer)>;

export type RowAccount = Partial<Account> & Pick<Account, 'kind'>;

/** What is examined. */
export interface RowSubject {
  /** A stored account. Without `url` it is that of the stand-in, without `origins` its only origin. */
  account?: RowAccount;
  /** Its stored secret; null: none is stored. Each row has its own, in the form its provider makes them. */
  secret?: string | null;
  /** Further secrets that must not show (a minted token, a proxy's password). */
  secrets?: string[];
  /** An unsaved form instead of a stored account. */
  draft?: AccountDraftInput;
  /** A repository's remote address. */
  url?: string;
  /** Further stored accounts, with the same secret. */
  others?: RowAccount[];
  /** The secret store waits for its passphrase. */
  locked?: boolean;
  /** False: the address is examined and the account is found by it. Default true. */
  chosen?: boolean;
}

export interface Expected {
  /** Null: everything works. */
  cause: Cause | null;
  /** Where it is found. */
  step?: DoctorStep;
  remedy?: { kind: Remedy['kind'] } & Record<string, unknown>;
  facts?: Record<string, string | RegExp>;
  /** All of them, in any order; default none. */
  warnings?: Cause[];
}

/** One cause, served the way the real server does it. */
export interface CauseRow {
  /** A sentence: what is wrong. */
  name: string;
  /** Product and version as the row's stand-in plays it: `GitHub Enterprise Server 3.19`. */
  of: string;
  /** A certificate of test/providers/data/tls; absent: plain http. */
  tls?: 'good' | 'good-with-authority' | 'self-signed' | 'expired' | 'not-yet-valid' | 'wrong-name';
  /** Besides the certificate: versions, wanting to see one. */
  tlsOptions?: TlsOptions;
  /** The stand-in as a proxy: its whole answer to CONNECT. */
  connect?: (authorization: string | undefined) => string;
  /** Instead of http: what the port does with a connection. */
  raw?: (socket: Socket) => void;
  /** How the stand-in is reached besides; absent parts are straight and trust nothing more. */
  route?: (at: Place) => Partial<Route>;
  subject: (at: Place) => RowSubject;
  /** Default: nothing but 404. */
  answers?: (at: Place) => Answers;
  expect: (at: Place) => Expected;
}

const packet = (text: string) => `${(text.length + 4).toString(16).padStart(4, '0')}${text}`;
const commit = '1d0b3f5a7c9e2d4f6a8b0c1e3d5f7a9b2c4d6e8f';

/** What a git server answers to `info/refs` when it lets somebody in: one branch, protocol version 0. */
export const advertisement: Answer = {
  type: 'application/x-git-upload-pack-advertisement',
  body: [
    packet('# service=git-upload-pack\n'),
    '0000',
    packet(`${commit} HEAD\0symref=HEAD:refs/heads/main agent=git/2.47.0\n`),
    packet(`${commit} refs/heads/main\n`),
    '0000',
  ].join(''),
};

export interface GitAccess {
  /** Everybody is let in. */
  open?: boolean;
  /** Whether this Authorization is let in. Default: any. */
  accepts?: (authorization: string | undefined) => boolean;
  /** To a request without Authorization. Default: 401 with a Basic challenge. */
  challenge?: Answer;
  /** To an Authorization that is not let in. Default: as `challenge`. */
  refusal?: Answer;
}

/** The git side of one repository; `path` as in its address (`group/project.git`). */
export function gitRepository(path: string, access: GitAccess = {}): Answers {
  const challenge = access.challenge ?? {
    status: 401,
    headers: { 'WWW-Authenticate': 'Basic realm="Git"' },
    body: 'Unauthorized',
  };
  return {
    [`GET /${path}/info/refs`]: ({ authorization }) => {
      if (access.open) return advertisement;
      if (authorization === undefined) return challenge;
      return (access.accepts ?? (() => true))(authorization) ? advertisement : (access.refusal ?? challenge);
    },
  };
}

/** A row's Authorization for user name and password, to compare with. */
export function basicHeader(username: string, password: string): string {
  return `Basic ${Buffer.from(`${username}:${password}`, 'utf8').toString('base64')}`;
}
