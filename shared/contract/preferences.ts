import { z } from 'zod';
import { procedure } from './procedure';

/** Each field falls back to its own default, so one damaged value never resets the others. */
export const preferencesSchema = z.object({
  theme: z.enum(['system', 'light', 'dark']).catch('system').default('system'),
  /** Remembered parent directory of clones; empty until the first clone. */
  cloneParent: z.string().catch('').default(''),
  cloneProtocol: z.enum(['https', 'ssh']).catch('https').default('https'),
  diffStyle: z.enum(['unified', 'split']).catch('split').default('split'),
  /** `auto`: system git where it is found and new enough, else the embedded engine. */
  engine: z.enum(['auto', 'system', 'isomorphic']).catch('auto').default('auto'),
  /** Absolute path of the git program; empty: found on PATH once at start. */
  gitPath: z.string().catch('').default(''),
  /** What happens to a password typed at git's own prompt in a terminal, once it worked. */
  saveFromTerminal: z.enum(['ask', 'always', 'never']).catch('ask').default('ask'),
  /** Minutes between two fetches of a repository in the background; 0: never. */
  backgroundFetchMinutes: z.number().int().min(0).max(1440).catch(15).default(15),
  /** Fetching forgets remote branches that are gone on the server. */
  fetchPrune: z.boolean().catch(false).default(false),
  /** The commit-graph file is written in the background where it is missing: history of large repositories opens faster. */
  writeCommitGraph: z.boolean().catch(true).default(true),
});
export type Preferences = z.infer<typeof preferencesSchema>;

/** Where secrets are kept. `undecided`: no secure store exists and the user has not chosen yet. */
export const secretStoreSchema = z.object({
  backend: z.enum(['os', 'keyring', 'passphrase', 'session', 'undecided']),
  locked: z.boolean(),
  /** What the user may choose on this machine. */
  choices: z.array(z.enum(['keyring', 'passphrase', 'session'])),
  /** One plain sentence on why the better choice is missing, or null. */
  why: z.string().nullable(),
});
export type SecretStore = z.infer<typeof secretStoreSchema>;

export const preferences = {
  get: procedure.output(preferencesSchema),
  set: procedure
    .input(
      z.object({
        theme: z.enum(['system', 'light', 'dark']).optional(),
        cloneParent: z.string().max(4000).optional(),
        cloneProtocol: z.enum(['https', 'ssh']).optional(),
        diffStyle: z.enum(['unified', 'split']).optional(),
        engine: z.enum(['auto', 'system', 'isomorphic']).optional(),
        gitPath: z.string().max(4000).optional(),
        saveFromTerminal: z.enum(['ask', 'always', 'never']).optional(),
        backgroundFetchMinutes: z.number().int().min(0).max(1440).optional(),
        fetchPrune: z.boolean().optional(),
        writeCommitGraph: z.boolean().optional(),
      }),
    )
    .output(preferencesSchema),
  secretStore: procedure.output(secretStoreSchema),
  /** Decides where secrets are kept. Choosing never loses secrets already stored elsewhere: they are moved. */
  chooseSecretStore: procedure
    .input(
      z.discriminatedUnion('choice', [
        z.object({ choice: z.literal('keyring') }),
        z.object({ choice: z.literal('passphrase'), passphrase: z.string().min(8).max(1000) }),
        z.object({ choice: z.literal('session') }),
      ]),
    )
    .output(secretStoreSchema),
  unlockSecretStore: procedure
    .input(z.object({ passphrase: z.string().max(1000) }))
    .output(secretStoreSchema),
};
