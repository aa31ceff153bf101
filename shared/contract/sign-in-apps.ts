import { z } from 'zod';
import { accountDraftSchema, accountKindSchema, signInFlowSchema } from './accounts';
import { procedure } from './procedure';

/**
 * The user's own registration of Polyforge at a server: none ships with the
 * program. Public clients, so there is no client secret.
 */
export const signInAppSchema = z.object({
  id: z.string(),
  kind: accountKindSchema,
  /** Normalized base address, as `Account.url`. */
  url: z.string(),
  clientId: z.string(),
  /** Microsoft Entra: a directory's id or domain, or `organizations`. Empty elsewhere. */
  tenant: z.string(),
});
export type SignInApp = z.infer<typeof signInAppSchema>;

/** A kind of account that can be signed in on the provider's page. */
export const signInAppKindSchema = z.object({
  kind: accountKindSchema,
  label: z.string(),
  flows: z.array(signInFlowSchema),
  /** The usual address, where there is one. */
  url: z.string(),
  hasTenant: z.boolean(),
  /** How to register the app, one sentence each. */
  steps: z.array(z.string()),
  /** Page where it is registered, on the usual address, or null. */
  page: z.string().nullable(),
});
export type SignInAppKind = z.infer<typeof signInAppKindSchema>;

/** Client ids for signing in on the providers' pages. */
export const signInApps = {
  kinds: procedure.output(z.array(signInAppKindSchema)),
  list: procedure.output(z.array(signInAppSchema)),
  /** Inserts (`id` null) or replaces; one of the same kind and address is replaced. Rejects `invalid-input` (`url`, `clientId`, `tenant`) or `address-invalid`. */
  put: procedure
    .input(
      z.object({
        id: z.string().nullable(),
        kind: accountKindSchema,
        url: z.string().max(2000),
        clientId: z.string().max(200),
        tenant: z.string().max(200).default(''),
      }),
    )
    .output(z.array(signInAppSchema)),
  remove: procedure.input(z.object({ id: z.string() })).output(z.array(signInAppSchema)),
  /** The app a draft would sign in with, or null. Never rejects for an unfinished address. */
  of: procedure.input(accountDraftSchema).output(z.object({ app: signInAppSchema.nullable() })),
};
