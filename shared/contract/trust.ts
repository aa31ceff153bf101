import { z } from 'zod';
import { procedure } from './procedure';

/** Something a repository's own files make git do beyond reading and writing it. */
export const trustFindingSchema = z.object({
  /** `unreadable`: what stands there is not known. `owner`: the folder is somebody else's, `value` says whose. */
  kind: z.enum(['program', 'connection', 'place', 'unreadable', 'owner']),
  /** As git names it: `core.fsmonitor`; of a hook `hooks/pre-commit`. Text of a stranger, as `file` and `value`. */
  key: z.string(),
  /** Below the repository's folder where it lies there, else absolute. */
  file: z.string(),
  /** From 1; null: the file as a whole. */
  line: z.number().nullable(),
  /** Cut short, secrets masked; empty: there is none. */
  value: z.string(),
  /** What it makes git do: one plain sentence. */
  does: z.string(),
});
export type TrustFinding = z.infer<typeof trustFindingSchema>;

export const repositoryTrustSchema = z.object({
  /** `plain`: nothing was found, there is nothing to trust. */
  state: z.enum(['plain', 'untrusted', 'trusted']),
  /** The first ones. */
  findings: z.array(trustFindingSchema),
  /** How many there are. */
  total: z.number(),
  /** The repository's folder, without links: what a yes is for. */
  folder: z.string(),
  /** Which engine reads it now, and why: one plain sentence. */
  engine: z.enum(['system', 'isomorphic']),
  reason: z.string(),
});
export type RepositoryTrust = z.infer<typeof repositoryTrustSchema>;

export const trustedFolderSchema = z.object({
  folder: z.string(),
  /** Epoch milliseconds. */
  trustedAt: z.number(),
  /** Another repository lies there now, or none: the yes is void. */
  stands: z.boolean(),
});
export type ShownTrustedFolder = z.infer<typeof trustedFolderSchema>;

const byId = z.object({ repositoryId: z.string() });

export const trust = {
  /** Reads the repository's files anew; runs nothing. */
  state: procedure.input(byId).output(repositoryTrustSchema),
  /** From now on git runs what this repository names. */
  grant: procedure.input(byId).output(repositoryTrustSchema),
  revoke: procedure.input(z.object({ folder: z.string().max(4096) })).output(z.array(trustedFolderSchema)),
  /** Last trusted first. */
  list: procedure.output(z.array(trustedFolderSchema)),
};
