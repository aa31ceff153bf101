import { eventIterator } from '@orpc/contract';
import { z } from 'zod';
import { appErrorSchema } from '../errors';
import { noticeStages } from '../expiry';
import { installationsOf } from './installations';
import { procedure } from './procedure';

export const providerIdSchema = z.enum(['github', 'gitlab', 'bitbucket', 'azure-devops']);
export type ProviderId = z.infer<typeof providerIdSchema>;

/** What the Add menu offers. One provider serves one or more kinds. */
export const accountKindSchema = z.enum([
  'github',
  'github-enterprise',
  'gitlab',
  'gitlab-self-managed',
  'bitbucket-cloud',
  'bitbucket-data-center',
  'azure-devops-services',
  'azure-devops-server',
]);
export type AccountKind = z.infer<typeof accountKindSchema>;

/**
 * `personal`: a person's token. `app`: GitHub App. `access-token`: Bitbucket
 * repository, project or workspace token. `oauth`: signed in on the provider's page.
 */
export const authenticationTypeSchema = z.enum(['personal', 'app', 'access-token', 'oauth']);
export type AuthenticationType = z.infer<typeof authenticationTypeSchema>;

export const headerAuthenticationSchema = z.enum(['off', 'basic', 'bearer']);
export type HeaderAuthentication = z.infer<typeof headerAuthenticationSchema>;

/** Names of the form's fields; the same names are properties of AccountDraft. */
export const accountFieldSchema = z.enum([
  'alias',
  'url',
  'organization',
  'collection',
  'email',
  'username',
  'tokenName',
  'token',
  'expiresOn',
  'appId',
  'privateKey',
  'installation',
]);
export type AccountField = z.infer<typeof accountFieldSchema>;

export const fieldDescriptorSchema = z.object({
  field: accountFieldSchema,
  label: z.string(),
  required: z.boolean(),
  placeholder: z.string().optional(),
  help: z.string().optional(),
  initial: z.string().optional(),
});
export type FieldDescriptor = z.infer<typeof fieldDescriptorSchema>;

export const scopeDescriptorSchema = z.object({
  /** In the provider's own words, as its token page shows it. */
  name: z.string(),
  why: z.string(),
  required: z.boolean(),
});

/** `device`: a code to enter on the provider's page. `browser`: the page opens and comes back by itself. */
export const signInFlowSchema = z.enum(['device', 'browser']);
export type SignInFlow = z.infer<typeof signInFlowSchema>;

export const authenticationDescriptorSchema = z.object({
  type: authenticationTypeSchema,
  /** As the user sees it in "Authentication Type". */
  label: z.string(),
  fields: z.array(fieldDescriptorSchema),
  scopes: z.array(scopeDescriptorSchema),
  /** Steps to make the token, one sentence each. */
  steps: z.array(z.string()),
  documentation: z.object({ label: z.string(), url: z.string() }).optional(), // the provider's own
  /** A warning shown above the form (a retired way to sign in, with its date). */
  notice: z.string().optional(),
  /** Of `oauth`: the ways to sign in on the provider's page, the better one first. */
  flows: z.array(signInFlowSchema).optional(),
  header: z.object({
    initial: headerAuthenticationSchema,
    choices: z.array(headerAuthenticationSchema),
    explanation: z.string(),
  }),
});
export type AuthenticationDescriptor = z.infer<typeof authenticationDescriptorSchema>;

/** Everything the page needs to know of a kind: it holds no provider logic of its own. */
export const kindDescriptorSchema = z.object({
  kind: accountKindSchema,
  provider: providerIdSchema,
  label: z.string(),
  /** The provider's own words. */
  words: z.object({
    pullRequest: z.string(),
    pullRequests: z.string(),
    pullRequestPrefix: z.enum(['#', '!']),
    namespace: z.string(),
    open: z.string(),
    merged: z.string(),
    closed: z.string(),
    approve: z.string(),
  }),
  authentication: z.array(authenticationDescriptorSchema).min(1),
});
export type KindDescriptor = z.infer<typeof kindDescriptorSchema>;

/** What the Add/Edit dialog sends. Secrets go inward here and never come back. */
export const accountDraftSchema = z.object({
  /** Set when an existing account is edited or tested; a blank token then means "the stored one". */
  accountId: z.string().optional(),
  kind: accountKindSchema,
  alias: z.string().max(200),
  authenticationType: authenticationTypeSchema,
  url: z.string().max(2000).default(''),
  organization: z.string().max(200).default(''),
  collection: z.string().max(200).default(''),
  email: z.string().max(320).default(''),
  username: z.string().max(320).default(''),
  tokenName: z.string().max(200).default(''),
  token: z.string().max(20_000).default(''),
  /** ISO date (YYYY-MM-DD) or empty. */
  expiresOn: z.string().max(10).default(''),
  appId: z.string().max(40).default(''),
  privateKey: z.string().max(20_000).default(''),
  /** Installation id, its settings URL, or empty for the first one. */
  installation: z.string().max(2000).default(''),
  useForRepositories: z.boolean().default(true),
  headerAuthentication: headerAuthenticationSchema.default('off'),
});
export type AccountDraft = z.infer<typeof accountDraftSchema>;
export type AccountDraftInput = z.input<typeof accountDraftSchema>;

export const signedInUserSchema = z.object({
  /** The provider's stable id where it has one. */
  id: z.string(),
  login: z.string(),
  name: z.string(),
  /** A data: URL of at most 64 kB, or absent. The page never loads pictures from elsewhere. */
  avatar: z.string().optional(),
});
export type SignedInUser = z.infer<typeof signedInUserSchema>;

export const accountStateSchema = z.discriminatedUnion('status', [
  z.object({ status: z.literal('unchecked') }),
  z.object({ status: z.literal('working') }),
  z.object({ status: z.literal('refused'), error: appErrorSchema }),
  z.object({ status: z.literal('unreachable'), error: appErrorSchema }),
]);

/** An account as stored and shown. It holds no secret. */
export const accountSchema = z.object({
  id: z.string(),
  kind: accountKindSchema,
  provider: providerIdSchema,
  alias: z.string(),
  authenticationType: authenticationTypeSchema,
  /** Normalized base address: scheme, host, optional port and path prefix, no trailing slash. */
  url: z.string(),
  /** Exact origins (scheme://host[:port]) this account's secret may be sent to; `signIn`: where it is renewed, of accounts signed in on the provider's page. */
  origins: z.object({
    api: z.array(z.string()),
    git: z.array(z.string()),
    signIn: z.array(z.string()).optional(),
  }),
  organization: z.string(),
  collection: z.string(),
  email: z.string(),
  username: z.string(),
  tokenName: z.string(),
  appId: z.string(),
  installation: z.object({ id: z.string(), name: z.string() }).nullable(),
  useForRepositories: z.boolean(),
  headerAuthentication: headerAuthenticationSchema,
  /** Last usable moment as an ISO date or timestamp; null when unknown or never. */
  expiresOn: z.string().nullable(),
  expirySource: z.enum(['provider', 'user', 'none']),
  /** Last usable day (ISO date) of every token of this kind by the provider's word, whatever the token's own is; absent or null: it does not. */
  endsAtLatest: z.string().nullable().optional(),
  scopes: z.array(z.string()).nullable(),
  user: signedInUserSchema.nullable(),
  state: accountStateSchema,
  /** Epoch milliseconds of the last sign-in check. */
  lastChecked: z.number().nullable(),
});
export type Account = z.infer<typeof accountSchema>;

export const signInResultSchema = z.object({
  user: signedInUserSchema,
  expiresOn: z.string().nullable(),
  /** As in `accountSchema`. */
  endsAtLatest: z.string().nullable().optional(),
  /** Scopes the provider reports; null where it does not tell. */
  scopes: z.array(z.string()).nullable(),
  /** Required scopes known to be absent. */
  missingScopes: z.array(z.string()),
  installation: z.object({ id: z.string(), name: z.string() }).nullable(),
  serverVersion: z.string().nullable(),
  /** Facts worth knowing that do not stop the account from working. */
  warnings: z.array(appErrorSchema),
  /** Plain sentences (for example the end of all-organizations tokens). */
  notes: z.array(z.string()),
});
export type SignInResult = z.infer<typeof signInResultSchema>;

export const accountTestSchema = z.discriminatedUnion('ok', [
  z.object({ ok: z.literal(true), result: signInResultSchema }),
  z.object({ ok: z.literal(false), error: appErrorSchema }),
]);
export type AccountTest = z.infer<typeof accountTestSchema>;

/** What the user has to do while signing in on the provider's page. It never holds a secret. */
export const signInStepSchema = z.discriminatedUnion('kind', [
  /** Enter this code on that page. `expiresAt`: epoch milliseconds. */
  z.object({ kind: z.literal('code'), userCode: z.string(), url: z.string(), expiresAt: z.number() }),
  /** The system's browser shows the provider's page; `url` in case it did not open. */
  z.object({ kind: z.literal('browser'), url: z.string() }),
  /** The provider agreed; the account is being tested. */
  z.object({ kind: z.literal('agreed') }),
]);
export type SignInStep = z.infer<typeof signInStepSchema>;

/** What the user should hear about an account: one notice each, the most urgent. */
export const accountNoticeSchema = z.object({
  accountId: z.string(),
  /** `in-7`: it ends within seven days. */
  stage: z.enum(noticeStages),
});
export type AccountNotice = z.infer<typeof accountNoticeSchema>;

const byId = z.object({ accountId: z.string() });

export const accounts = {
  kinds: procedure.output(z.array(kindDescriptorSchema)),
  list: procedure.output(z.array(accountSchema)),
  /** Signs in with the draft without saving anything. Never rejects for a provider's refusal: that is the answer. */
  test: procedure.input(accountDraftSchema).output(accountTestSchema),
  /** Saves after a test. A failing test is saved only with `acceptFailure`; otherwise the test is returned and nothing stored. */
  save: procedure
    .input(z.object({ draft: accountDraftSchema, acceptFailure: z.boolean().default(false) }))
    .output(z.object({ account: accountSchema.nullable(), test: accountTestSchema })),
  installations: installationsOf(accountDraftSchema),
  rename: procedure
    .input(z.object({ accountId: z.string(), alias: z.string().min(1).max(200) }))
    .output(accountSchema),
  replaceToken: procedure
    .input(
      z.object({
        accountId: z.string(),
        token: z.string().max(20_000),
        expiresOn: z.string().max(10).default(''),
        acceptFailure: z.boolean().default(false),
      }),
    )
    .output(z.object({ account: accountSchema, test: accountTestSchema })),
  /**
   * Signs in on the provider's page and saves the account, as `save` does: a
   * draft (its `accountId` set: that account is kept and given the new
   * sign-in), or an existing account as it is. Leaving the iteration cancels
   * within a second. Rejects `sign-in-failed`, and `invalid-input` (`clientId`)
   * where no sign-in app is set up for the server.
   */
  signIn: procedure
    .input(
      z.object({
        of: z.union([z.object({ draft: accountDraftSchema }), z.object({ accountId: z.string() })]),
        flow: signInFlowSchema,
      }),
    )
    .output(
      eventIterator(
        signInStepSchema,
        z.object({ account: accountSchema.nullable(), test: accountTestSchema }),
      ),
    ),
  /** Signs in again with the stored secret and records the outcome. */
  check: procedure.input(byId).output(accountSchema),
  /** The user's own entry of the token's last day (YYYY-MM-DD, empty: not known). Rejects `invalid-input` where the provider tells the date itself. */
  setExpiry: procedure
    .input(z.object({ accountId: z.string(), expiresOn: z.string().max(10) }))
    .output(accountSchema),
  /** Most urgent first, without those that were dismissed. */
  notices: procedure.output(z.array(accountNoticeSchema)),
  /** Stays dismissed until the next threshold or another date. */
  dismissNotices: procedure.input(z.object({ accountIds: z.array(z.string()).max(1000) })).output(z.void()),
  /** What stops working when the account goes. */
  removalImpact: procedure
    .input(byId)
    .output(
      z.object({ repositories: z.array(z.object({ id: z.string(), name: z.string(), path: z.string() })) }),
    ),
  remove: procedure.input(byId).output(z.void()),
  /** The provider's page where a token for this draft is made, or null when the address is not usable yet. */
  tokenPage: procedure.input(accountDraftSchema).output(z.object({ url: z.string().nullable() })),
};
