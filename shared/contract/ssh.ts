import { z } from 'zod';
import { procedure } from './procedure';

/** A key on this machine, as its public half tells. */
export const sshKeySchema = z.object({
  /** Absolute path of the private key; of the public half where the agent alone has the private one. */
  path: z.string(),
  /** `ed25519`, `rsa 4096`; null: no public half beside it. */
  type: z.string().nullable(),
  comment: z.string(),
  fingerprint: z.string().nullable(),
  /** The running agent holds it. */
  inAgent: z.boolean(),
});
export type SshKey = z.infer<typeof sshKeySchema>;

/** Which key ssh uses for a repository, and why. */
export const sshChoiceSchema = z.object({
  /** Null: ssh chooses by its own configuration and agent. */
  path: z.string().nullable(),
  source: z.enum(['repository', 'account', 'ssh']),
  /** The chosen file is not there now. */
  missing: z.boolean(),
});
export type SshChoice = z.infer<typeof sshChoiceSchema>;

/** The passphrase of a key, kept in the vault. */
export const savedPassphraseSchema = z.object({
  keyPath: z.string(),
  /** `refused`: it did not open the key; it is kept, and not tried again. */
  state: z.enum(['working', 'refused']),
  /** Epoch milliseconds. */
  lastUsed: z.number(),
  /** The file is not there now. */
  missing: z.boolean(),
});
export type SavedPassphrase = z.infer<typeof savedPassphraseSchema>;

const keyPath = z.string().max(4000).nullable();

export const ssh = {
  /** Keys of the user's .ssh folder, and those chosen elsewhere. */
  keys: procedure.output(z.array(sshKeySchema)),
  /** The key chosen for each account that has one. */
  accountKeys: procedure.output(z.array(z.object({ accountId: z.string(), path: z.string() }))),
  /** Null: none. Rejects `invalid-input` (`path`) for what is no private key. */
  setAccountKey: procedure.input(z.object({ accountId: z.string(), path: keyPath })).output(z.void()),
  choice: procedure.input(z.object({ repositoryId: z.string() })).output(sshChoiceSchema),
  setRepositoryKey: procedure
    .input(z.object({ repositoryId: z.string(), path: keyPath }))
    .output(sshChoiceSchema),
  savedPassphrases: procedure.output(z.array(savedPassphraseSchema)),
  forgetPassphrase: procedure
    .input(z.object({ keyPath: z.string().max(4000) }))
    .output(z.array(savedPassphraseSchema)),
};
