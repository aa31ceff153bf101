import { z } from 'zod';
import { procedure } from './procedure';

/** A user name and password kept for exactly one address. The password itself never leaves the vault. */
export const savedCredentialSchema = z.object({
  id: z.string(),
  /** `scheme://host[:port]`. */
  origin: z.string(),
  host: z.string(),
  /** Empty: for the whole host, as git asked in a terminal. */
  path: z.string(),
  username: z.string(),
  state: z.enum(['working', 'refused', 'unchecked']),
  /** Epoch milliseconds. */
  lastUsed: z.number(),
  source: z.enum(['application', 'terminal']),
  expiresAt: z.number().nullable(),
  /** The vault has no password for it any more: only a new one helps. */
  missing: z.boolean(),
});
export type ShownSavedCredential = z.infer<typeof savedCredentialSchema>;

/** The user's yes to a second host, for one repository's submodules or large files. */
export const allowedHostSchema = z.object({
  id: z.string(),
  /** The repository's own remote. */
  host: z.string(),
  path: z.string(),
  otherHost: z.string(),
  /** Epoch milliseconds. */
  addedAt: z.number(),
});
export type ShownAllowedHost = z.infer<typeof allowedHostSchema>;

export const savedCredentials = {
  /** By host, path and user. */
  list: procedure.output(z.array(savedCredentialSchema)),
  /** Changes the user name, the password, or both (null: as it was). The state is `unchecked` then. Rejects `gone`, `invalid-input`, `secret-unavailable`. */
  replace: procedure
    .input(
      z.object({
        id: z.string(),
        /** May be empty: some servers want none beside a token. */
        username: z.string().max(1000),
        password: z.string().min(1).max(20_000).nullable(),
      }),
    )
    .output(z.array(savedCredentialSchema)),
  /** Removes the record and its password. */
  remove: procedure.input(z.object({ id: z.string() })).output(z.array(savedCredentialSchema)),
  allowedHosts: procedure.output(z.array(allowedHostSchema)),
  /** The next operation asks again. */
  disallowHost: procedure.input(z.object({ id: z.string() })).output(z.array(allowedHostSchema)),
};
