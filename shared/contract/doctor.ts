import { eventIterator } from '@orpc/contract';
import { z } from 'zod';
import { appErrorSchema } from '../errors';
import { accountDraftSchema } from './accounts';
import { certificateSchema } from './network';
import { procedure } from './procedure';

/** In the order they run. The first that finds a cause is the last that runs. */
export const doctorStepSchema = z.enum([
  'address',
  'dns',
  'connection',
  'certificate',
  'product',
  'token-form',
  'sign-in',
  'permissions',
  'repository',
  'git',
]);
export type DoctorStep = z.infer<typeof doctorStepSchema>;

/** Why a connection fails. Words for each are in renderer/errors/describe-cause.ts. */
export const causeSchema = z.enum([
  // address
  'address-malformed',
  'address-of-another-product',
  // dns
  'host-unknown',
  'dns-failed',
  // connection
  'connection-refused',
  'connection-timeout',
  'connection-reset',
  'network-down',
  'proxy-unreachable',
  'proxy-wants-sign-in',
  'proxy-refuses',
  // certificate
  'certificate-self-signed',
  'certificate-unknown-issuer',
  'certificate-expired',
  'certificate-not-yet-valid',
  'certificate-wrong-name',
  'certificate-client-required',
  'certificate-other',
  'encryption-not-offered',
  'encryption-too-old',
  // product
  'another-product',
  'product-too-old',
  'server-moved',
  'server-error',
  'server-under-maintenance',
  'sign-in-portal',
  'public-url-wrong',
  'api-disabled',
  // token form
  'token-missing',
  'token-locked',
  'token-of-another-provider',
  'token-is-password',
  'token-malformed',
  'app-password-retired',
  'all-organizations-token-ending',
  'oauth-retired',
  'private-key-malformed',
  // sign-in
  'token-refused',
  'token-expired',
  'token-revoked',
  'user-name-wrong',
  'account-blocked',
  'captcha-required',
  'basic-authentication-off',
  'integrated-authentication-only',
  'bearer-required',
  'clock-wrong',
  'app-not-found',
  'app-key-wrong',
  'app-not-installed',
  'app-suspended',
  'sign-in-needed-again',
  'client-id-wrong',
  'rate-limited',
  // permissions
  'scope-missing',
  'single-sign-on-required',
  'organization-approval-pending',
  'organization-forbids-token-kind',
  'token-lifetime-too-long',
  'ip-not-allowed',
  'conditional-access',
  'two-factor-required',
  'terms-not-accepted',
  'organization-not-found',
  'collection-not-found',
  'licence-missing',
  'policy-forbids',
  // repository
  'repository-not-visible',
  'repository-moved',
  'repository-disabled',
  // git
  'git-refuses-token',
  'git-wants-header',
  'git-scope-missing',
  'git-over-http-off',
  'git-server-differs',
  'not-for-repositories',
  'several-accounts-one-host',
  // anywhere
  'unexpected-answer',
  'other',
]);
export type Cause = z.infer<typeof causeSchema>;

/** What one button does about a cause. */
export const remedySchema = z.discriminatedUnion('kind', [
  /** An https page of the provider, the one where the user acts. `page` names it. */
  z.object({
    kind: z.literal('open-page'),
    url: z.string(),
    page: z.enum(['token', 'single-sign-on', 'installation', 'terms', 'security', 'documentation', 'server']),
  }),
  z.object({ kind: z.literal('replace-token') }),
  z.object({ kind: z.literal('sign-in-again') }),
  /** `field` is the form's field to correct, `value` the one that would work, where it is known. */
  z.object({ kind: z.literal('edit-account'), field: z.string(), value: z.string().optional() }),
  z.object({ kind: z.literal('use-header'), header: z.enum(['basic', 'bearer']) }),
  z.object({ kind: z.literal('use-for-repositories') }),
  z.object({ kind: z.literal('choose-account') }),
  z.object({ kind: z.literal('set-use-http-path'), host: z.string() }),
  z.object({ kind: z.literal('trust-certificate'), host: z.string(), fingerprint: z.string() }),
  z.object({ kind: z.literal('add-client-certificate'), host: z.string() }),
  z.object({ kind: z.literal('network-preferences') }),
  z.object({ kind: z.literal('unlock') }),
  z.object({ kind: z.literal('move-organizations') }),
  /** Epoch milliseconds before which trying again is useless. */
  z.object({ kind: z.literal('wait'), until: z.number() }),
  /** Only somebody else can help: copy the report for them. */
  z.object({ kind: z.literal('tell-administrator') }),
  z.object({ kind: z.literal('try-again') }),
]);
export type Remedy = z.infer<typeof remedySchema>;

export const findingSchema = z.object({
  cause: causeSchema,
  remedy: remedySchema,
  /** What the sentence names: hosts, scopes, versions, dates. Never a secret. */
  facts: z.record(z.string(), z.string()),
});
export type Finding = z.infer<typeof findingSchema>;

export const stepReportSchema = z.object({
  step: doctorStepSchema,
  /** `warned`: something is wrong and the work goes on. `skipped`: does not apply, or not reached. */
  state: z.enum(['running', 'passed', 'warned', 'failed', 'skipped']),
  /** Facts in plain short text ("3 addresses", "TLS 1.3"), masked. */
  notes: z.array(z.string()),
  finding: findingSchema.nullable(),
  /** Server's certificate first, its issuers after it; only of the step `certificate`. */
  certificates: z.array(certificateSchema),
  /** Milliseconds it took. */
  took: z.number(),
});
export type StepReport = z.infer<typeof stepReportSchema>;

export const diagnosisSchema = z.object({
  /** Null: everything works. */
  finding: findingSchema.nullable(),
  /** Things that are wrong and did not stop the work. */
  warnings: z.array(findingSchema),
  steps: z.array(stepReportSchema),
  /** What was looked at: `https://host/path`, without user or secret. */
  subject: z.string(),
  /** The stored account that was examined, also where it was found by the address. */
  accountId: z.string().nullable(),
  /** The whole as plain text for an administrator, secrets masked. */
  report: z.string(),
});
export type Diagnosis = z.infer<typeof diagnosisSchema>;

/** What failed, as the failing place knows it. */
export const doctorSubjectSchema = z.object({
  /** A stored account, or none (a clone without an account). */
  accountId: z.string().nullable().default(null),
  /** The dialog's draft instead of a stored account. */
  draft: accountDraftSchema.nullable().default(null),
  /** A repository's remote address, where one is concerned. */
  url: z.string().max(4000).nullable().default(null),
  repositoryId: z.string().nullable().default(null),
  /** The failure that was shown, for the report. */
  error: appErrorSchema.nullable().default(null),
});
export type DoctorSubject = z.input<typeof doctorSubjectSchema>;

export const doctor = {
  /** Yields each step when it starts and when it ends; returns the diagnosis. Ending the iteration stops it within a second. Never prompts. */
  run: procedure.input(doctorSubjectSchema).output(eventIterator(stepReportSchema, diagnosisSchema)),
};
