import { eventIterator } from '@orpc/contract';
import { z } from 'zod';
import { procedure } from './procedure';
import { questionSchema } from './prompts';

export const applicationInfoSchema = z.object({
  version: z.string(),
  shell: z.enum(['desktop', 'browser']),
  platform: z.string(),
  dataDirectory: z.string(),
  homeDirectory: z.string(),
  git: z.discriminatedUnion('found', [
    z.object({ found: z.literal(true), path: z.string(), version: z.string(), usable: z.boolean() }),
    z.object({ found: z.literal(false) }),
  ]),
  engine: z.enum(['system', 'isomorphic']),
  /** Why this engine, one plain sentence. */
  engineReason: z.string(),
});
export type ApplicationInfo = z.infer<typeof applicationInfoSchema>;

/** The programs git's work is done by: absolute paths, chosen once. */
export const programsSchema = z.object({
  /** Null: none was found. */
  git: z
    .object({
      path: z.string(),
      version: z.string(),
      /** What newer versions see to: who owns a repository that is opened; bare repositories hidden among a repository's files. */
      lacks: z.array(z.enum(['owner-check', 'bare-check'])),
    })
    .nullable(),
  /** Null: none was found. */
  ssh: z
    .object({
      path: z.string(),
      /** Of OpenSSH. Null: it is another program, or does not start. */
      version: z.string().nullable(),
      /** `questions`: it cannot ask in Polyforge (passphrase, unknown server); `server-questions`: too old to mark a server's own questions as such, so they are off. */
      lacks: z.array(z.enum(['questions', 'server-questions'])),
    })
    .nullable(),
  /** Version of git-lfs as git finds it. Null: none was found. */
  lfs: z.string().nullable(),
  /** The shell git hands helper commands to, as git names it. Null: git does not say. */
  shell: z.string().nullable(),
});
export type Programs = z.infer<typeof programsSchema>;

/** Something the user should know once (a damaged file was set aside). */
export const noticeSchema = z.object({ id: z.string(), title: z.string(), text: z.string() });
export type Notice = z.infer<typeof noticeSchema>;

/** What happened. The page derives from it which of its queries are stale. */
export const appEventSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('accounts.changed') }),
  z.object({ type: z.literal('account-notices.changed') }),
  z.object({ type: z.literal('repositories.changed') }),
  /** Refs, index or working tree of one of them, by work of ours. */
  z.object({ type: z.literal('repository.changed'), repositoryId: z.string() }),
  /** Only what is known of its remotes: a fetch in the background began. */
  z.object({ type: z.literal('remotes.changed'), repositoryId: z.string() }),
  /** Rules, bindings or identities. */
  z.object({ type: z.literal('bindings.changed') }),
  z.object({ type: z.literal('hosted-repositories.changed') }),
  z.object({ type: z.literal('preferences.changed') }),
  z.object({ type: z.literal('network.changed') }),
  z.object({ type: z.literal('secret-store.changed') }),
  /** Saved credentials, or hosts allowed beside a repository's own. */
  z.object({ type: z.literal('saved-credentials.changed') }),
  z.object({ type: z.literal('terminal-git.changed') }),
  z.object({ type: z.literal('ssh.changed') }),
  /** A folder was trusted, or is not any more. */
  z.object({ type: z.literal('trust.changed') }),
  z.object({ type: z.literal('prompts.asked'), question: questionSchema }),
  z.object({ type: z.literal('prompts.withdrawn'), id: z.string() }),
  z.object({ type: z.literal('notices.changed') }),
  /** The application menu was used (Electron); the page acts. */
  z.object({
    type: z.literal('command'),
    command: z.enum(['preferences', 'clone', 'open', 'pull-requests', 'repositories']),
  }),
]);
export type AppEvent = z.infer<typeof appEventSchema>;

export const application = {
  info: procedure.output(applicationInfoSchema),
  /** Starts ssh and git to ask for their versions; `info` does not wait for that. */
  programs: procedure.output(programsSchema),
  /** Never ends by itself. */
  events: procedure.output(eventIterator(appEventSchema)),
  notices: procedure.output(z.array(noticeSchema)),
  dismissNotice: procedure.input(z.object({ id: z.string() })).output(z.void()),
  /** Opens an https address in the system's browser; everything else is refused. */
  openExternal: procedure.input(z.object({ url: z.string().max(4000) })).output(z.void()),
  /** The system's directory picker; `supported: false` in the browser host, where the page offers completion instead. */
  pickDirectory: procedure
    .input(z.object({ title: z.string().max(200), start: z.string().max(4000).optional() }))
    .output(
      z.discriminatedUnion('supported', [
        z.object({ supported: z.literal(true), path: z.string().nullable() }),
        z.object({ supported: z.literal(false) }),
      ]),
    ),
  /** Sub-directories that continue a typed path, at most 50; for completion in the browser host. */
  completeDirectory: procedure.input(z.object({ typed: z.string().max(4000) })).output(z.array(z.string())),
};
