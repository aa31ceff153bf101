import type { Branch } from '../../../shared/contract/branches';
import type { Commit } from '../../../shared/contract/history';
import type { Progress } from '../../../shared/contract/procedure';
import type { PushResult, RefUpdate } from '../../../shared/contract/remotes';
import type { RepositoryOverview } from '../../../shared/contract/repositories';
import type { Status, StatusEntry } from '../../../shared/contract/working-tree';
import type { AppError } from '../../../shared/errors';
import type { RemoteUrl } from '../../../shared/remote-url';
import type { Route } from '../../network/network';
import type { ClonePlan, RepositoryNeeds } from '../operations/transfer';
import type { Links } from './objects/link-set';
import type { ResolveInput } from './objects/resolve-deltas';
import type { BlameRange, Comparison, DiffRequest, FileDiff } from '../operations/comparison';
import type { CredentialRequest, OperationCredentials } from '../../credentials/broker';
import type { ContentsRequest, FetchRequest, PushRequest } from '../operations/transfer';
import type { QuickJobs, WorkJobs } from './work-messages';

/** What a worker can be asked to do: argument and answer of each job. */
export interface Jobs extends WorkJobs {
  /** `directory`: there, empty, and nobody else's. */
  clone: {
    in: { url: RemoteUrl; route: Route; directory: string; branch: string | null; plan: ClonePlan };
    out: null;
  };
  /** Part of the work of a thread that receives a pack; that thread starts it. */
  resolveDeltas: { in: ResolveInput; out: Links };
  remoteBranches: { in: { url: RemoteUrl; route: Route }; out: { branches: string[]; head: string | null } };
  fetch: {
    /** `id`: of the pack on its way, for whoever ends the thread. */
    in: { url: RemoteUrl; route: Route; id: string } & Omit<FetchRequest, 'credentials'>;
    out: { updated: RefUpdate[] };
  };
  fetchContents: {
    in: { url: RemoteUrl; route: Route; id: string } & Omit<ContentsRequest, 'credentials'>;
    out: { objects: number };
  };
  push: { in: Omit<PushRequest, 'credentials'> & { route: Route }; out: PushResult };
  remoteRef: { in: { url: RemoteUrl; route: Route; branch: string }; out: string | null };
  overview: {
    in: { directory: string };
    out: Omit<RepositoryOverview, 'repository' | 'engine' | 'account'>;
  };
  needs: { in: { directory: string }; out: RepositoryNeeds };
  branches: { in: { directory: string; which?: 'local' | undefined }; out: Branch[] };
  log: {
    in: { directory: string; ref?: string; skip: number; limit: number };
    out: { commits: Commit[]; more: boolean };
  };
  show: { in: { directory: string; ref: string }; out: Commit };
  diff: { in: Omit<DiffRequest, 'file'>; part: FileDiff; out: null };
  blame: { in: Parameters<Comparison['blame']>[0]; out: BlameRange[] };
  status: {
    in: { directory: string; untracked: 'normal' | 'all' | 'no' };
    part: StatusEntry[];
    out: Status;
  };
}
export type JobName = keyof Jobs;

/** Jobs that only read: they run in a worker that is kept. What they tell before they end is a part. */
export type ReadingName = 'overview' | 'needs' | 'branches' | 'log' | 'show' | 'diff' | 'blame' | 'status';
/** Jobs that change something in an instant, which nobody cancels: a worker is kept for them too. */
export type QuickName = keyof QuickJobs;
/** What a job tells before it ends, a batch at a time. */
export type PartOf<Name extends ReadingName | QuickName> = Jobs[Name] extends { part: infer Part }
  ? Part
  : never;

/** One job at a time per worker. */
export type JobRequest = {
  [Name in JobName]: { name: Name; input: Jobs[Name]['in']; cancel?: SharedArrayBuffer };
}[JobName];

export type Credential = Awaited<ReturnType<OperationCredentials['fill']>>;

/** The worker's questions to the broker, which lives in the main thread. */
export type Question =
  | { method: 'fill'; request: CredentialRequest }
  | { method: 'approve' }
  | { method: 'reject' };

export type FromWorker =
  | { type: 'progress'; progress: Progress }
  | { type: 'part'; part: unknown }
  | { type: 'settling' }
  | { type: 'sent' }
  | { type: 'ask'; id: number; question: Question }
  | { type: 'done'; output: unknown }
  | { type: 'failed'; error: AppError };

export type ToWorker =
  | { id: number; credential: Credential }
  | { id: number; failed: AppError }
  | { job: JobRequest };
