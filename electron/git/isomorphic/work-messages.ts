import type { ConfigurationValue, Tag } from '../operations/refs';

interface In {
  directory: string;
}

/** What changes refs and configuration: argument and answer of each job. */
export interface QuickJobs {
  createBranch: { in: In & { name: string; start: string; track: boolean }; out: void };
  renameBranch: { in: In & { from: string; to: string }; out: void };
  deleteBranch: { in: In & { name: string; force: boolean }; out: { oid: string } };
  setUpstream: { in: In & { name: string; upstream: string | null }; out: void };
  tags: { in: In; out: Tag[] };
  createTag: { in: In & { name: string; target: string; message: string | null }; out: void };
  deleteTag: { in: In & { name: string }; out: void };
  addRemote: { in: In & { name: string; url: string }; out: void };
  setRemoteUrl: { in: In & { name: string; url: string }; out: void };
  removeRemote: { in: In & { name: string }; out: void };
  configuration: { in: In & { key: string }; out: ConfigurationValue[] };
}

export type WorkJobs = QuickJobs;
