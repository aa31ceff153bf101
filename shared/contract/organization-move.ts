import { z } from 'zod';
import { appErrorSchema } from '../errors';
import { accountDraftSchema } from './accounts';
import { procedure } from './procedure';

const repository = z.object({ id: z.string(), name: z.string(), path: z.string() });

/** One organization on the way from a token for all of them to one of its own. */
export const moveEntrySchema = z.object({
  organization: z.string(),
  /** The account that answers for this organization alone, once there is one. */
  account: z.object({ id: z.string(), alias: z.string(), working: z.boolean() }).nullable(),
  /** Repositories on this machine that lie in it and are still bound to the old account. */
  repositories: z.array(repository),
  /** The form of the new account without its token, as the Add dialog would send it. */
  draft: accountDraftSchema,
  /** Page where a token of this organization is made. */
  tokenPage: z.string().nullable(),
});
export type MoveEntry = z.infer<typeof moveEntrySchema>;

export const movePlanSchema = z.object({
  accountId: z.string(),
  /** ISO date (UTC): the first day on which the old token is refused. */
  until: z.string(),
  /** Those with repositories first, then by name. */
  entries: z.array(moveEntrySchema),
  /** Why the old token does not tell its organizations; the entries are then only those found on this machine. */
  listFailure: appErrorSchema.nullable(),
  /** Repositories bound to the old account that lie in none of its organizations, or cannot be read. */
  others: z.array(repository),
});
export type MovePlan = z.infer<typeof movePlanSchema>;

/**
 * The guided move from a retired token for all organizations to one account
 * per organization. Nothing of it is remembered: a plan is read from what is
 * there, so a move that was left can be gone on with at any time. The new
 * accounts are saved with `accounts.save`, the old one removed with
 * `accounts.remove`.
 */
export const organizationMove = {
  /** Accounts whose token is for all organizations, and the first day it is refused. */
  ending: procedure.output(z.array(z.object({ accountId: z.string(), until: z.string() }))),
  /** `also`: organizations the user named. Rejects `gone`, and `unsupported` for an account of another kind. */
  plan: procedure
    .input(
      z.object({
        accountId: z.string(),
        also: z.array(z.string().trim().min(1).max(200)).max(100).default([]),
      }),
    )
    .output(movePlanSchema),
  /**
   * Binds the repositories of an organization, and the rules that name it, to
   * the organization's own account. Rejects `gone`, and `invalid-input`
   * (`organization`) for an account that is not of it.
   */
  rebind: procedure
    .input(z.object({ accountId: z.string(), organization: z.string().max(200), to: z.string() }))
    .output(z.object({ repositories: z.number() })),
};
