import { z } from 'zod';

const host = z.string();

/** What a provider publishes about the ssh keys of a host: who, where, and whether the key shown is among them. Null: nothing is known to us. */
const publishedSchema = z.object({ by: z.string(), url: z.string(), matches: z.boolean() }).nullable();

/**
 * Every failure that crosses the border between the page and the core.
 * A kind exists only where a screen behaves differently; the fields are what
 * is needed to act. No field ever holds a secret. Words for users are in
 * renderer/errors/describe.ts and nowhere else.
 */
export const appErrorSchema = z.discriminatedUnion('kind', [
  /** The user, or the end of the operation, stopped it. Never shown as an error. */
  z.object({ kind: z.literal('cancelled') }),
  /** A form field holds something that cannot work. `field` is the draft's property name. */
  z.object({ kind: z.literal('invalid-input'), field: z.string(), reason: z.string() }),
  /** A remote URL or server address was refused before anything was contacted. */
  z.object({
    kind: z.literal('address-invalid'),
    part: z.enum(['address', 'scheme', 'user', 'password', 'host', 'port', 'path']),
    reason: z.string(),
  }),
  z.object({
    kind: z.literal('host-unreachable'),
    host,
    /** `plain-http`: asked over https, answered without encryption. */
    cause: z.enum(['dns', 'refused', 'timeout', 'reset', 'proxy', 'plain-http', 'other']),
    /** With cause `proxy`, where it is known: what the proxy did. `wants-sign-in`: no, or a wrong, user name and password. */
    proxy: z.enum(['unreachable', 'wants-sign-in', 'refuses']).optional(),
    /** Asked over ssh: another port, and another thing for a firewall to close. */
    ssh: z.boolean().optional(),
    detail: z.string().optional(),
  }),
  /** `client-required`, `client-refused`: the server wants to see a certificate of ours, or does not want the one it saw. */
  z.object({
    kind: z.literal('certificate'),
    host,
    cause: z.enum([
      'self-signed',
      'unknown-issuer',
      'expired',
      'not-yet-valid',
      'wrong-name',
      'client-required',
      'client-refused',
      'other',
    ]),
    detail: z.string().optional(),
  }),
  /** The server understood the request and refused this token. */
  z.object({ kind: z.literal('token-refused'), host, detail: z.string().optional() }),
  /**
   * Signing in on the provider's page did not come to an end. `unknown-client`:
   * no such client id, or one that needs a client secret. `not-enabled`: the
   * registered app does not have this flow. `unsupported`: the server has it not.
   * `consent`: an administrator must approve the app first. `policy`: the
   * organization's rules forbid this sign-in. `detail` is the provider's, masked.
   */
  z.object({
    kind: z.literal('sign-in-failed'),
    host,
    reason: z.enum([
      'denied',
      'expired',
      'unknown-client',
      'not-enabled',
      'unsupported',
      'unknown-tenant',
      'scope',
      'consent',
      'policy',
      'other',
    ]),
    detail: z.string().optional(),
  }),
  /** The stored or pasted token's form shows it belongs to another provider, or is a retired kind. */
  z.object({
    kind: z.literal('token-form'),
    host,
    looksLike: z.enum([
      'github',
      'gitlab',
      'bitbucket',
      'azure-devops',
      'app-password',
      'private-key',
      'unknown',
    ]),
  }),
  /** HTML, or a redirect to a sign-in page, where JSON was due. */
  z.object({ kind: z.literal('sign-in-page'), host, status: z.number() }),
  z.object({
    kind: z.literal('missing-permission'),
    host,
    /** The provider's own names of the scopes or permissions, where it told them. */
    needed: z.array(z.string()),
    detail: z.string().optional(),
  }),
  /** The token works but must be authorized for an organization (SAML single sign-on, approval). */
  z.object({ kind: z.literal('authorization-required'), host, url: z.string().optional() }),
  z.object({ kind: z.literal('not-found'), host, what: z.string() }),
  /** `retryAt`: epoch milliseconds before which no request is sent. */
  z.object({ kind: z.literal('rate-limited'), host, retryAt: z.number() }),
  /** The answer is not one this provider gives: probably another product answers at this address. */
  z.object({ kind: z.literal('wrong-provider'), host, expected: z.string(), detail: z.string().optional() }),
  z.object({ kind: z.literal('unexpected-answer'), host, status: z.number().optional(), detail: z.string() }),
  z.object({ kind: z.literal('server-too-old'), host, found: z.string(), minimum: z.string() }),
  /** The server's own configured public URL is wrong (Azure DevOps Server answering with localhost). */
  z.object({ kind: z.literal('server-public-url'), host, wrongUrl: z.string() }),
  z.object({ kind: z.literal('server-error'), host, status: z.number(), detail: z.string().optional() }),
  /** The server answered with a redirect to another origin; credentials were not sent there. */
  z.object({ kind: z.literal('moved'), host, to: z.string() }),
  /** The secret of an account cannot be read. */
  z.object({
    kind: z.literal('secret-unavailable'),
    reason: z.enum(['locked', 'missing', 'no-store', 'damaged']),
    accountId: z.string().optional(),
  }),
  z.object({ kind: z.literal('wrong-passphrase') }),
  z.object({ kind: z.literal('directory-not-empty'), path: z.string() }),
  z.object({ kind: z.literal('directory-not-writable'), path: z.string(), detail: z.string().optional() }),
  z.object({ kind: z.literal('disk-full'), path: z.string() }),
  z.object({ kind: z.literal('path-not-found'), path: z.string() }),
  z.object({ kind: z.literal('not-a-repository'), path: z.string() }),
  z.object({
    kind: z.literal('git-too-old'),
    found: z.string(),
    minimum: z.string(),
  }),
  /**
   * The engine in use cannot do this. `what` and `reason` are plain English
   * nouns and sentences. `needs`: what the user can install to do it all the same.
   */
  z.object({
    kind: z.literal('unsupported'),
    what: z.string(),
    reason: z.string(),
    needs: z.literal('git').optional(),
  }),
  /** git refused the credentials, or none were available. */
  z.object({
    kind: z.literal('authentication-failed'),
    host,
    path: z.string(),
    accountId: z.string().optional(),
    /** All the ways to sign in the server offers git, where a user name and a password are none of them: `NTLM`, `Negotiate`. */
    offers: z.array(z.string()).optional(),
  }),
  /** Several accounts fit equally well, and nobody could be asked, or the question was closed. */
  z.object({ kind: z.literal('several-accounts'), host, path: z.string(), accountIds: z.array(z.string()) }),
  z.object({ kind: z.literal('repository-not-found'), host, path: z.string() }),
  z.object({ kind: z.literal('branch-not-found'), branch: z.string() }),
  /**
   * The server's ssh key is not the one known for it, or was revoked. There is
   * no going on: the user has to find out why. `host` is the one ssh names,
   * which a jump host makes another than the repository's.
   */
  z.object({
    kind: z.literal('ssh-host-key-changed'),
    host,
    cause: z.enum(['changed', 'revoked']),
    keyType: z.string(),
    /** `SHA256:...` of the key the server shows now; empty: ssh did not tell. */
    fingerprint: z.string(),
    /** Where the known key stands. Null: ssh did not tell. */
    known: z.object({ file: z.string(), line: z.number() }).nullable(),
    published: publishedSchema,
  }),
  /** The server's ssh key is not known. `not-asked`: nobody could be asked; `strict`: ssh's own settings forbid to ask. */
  z.object({
    kind: z.literal('ssh-host-key-unknown'),
    host,
    reason: z.enum(['declined', 'not-asked', 'strict']),
    fingerprint: z.string(),
    published: publishedSchema,
  }),
  /** The server took none of the keys. `keyPath`: the one chosen; null: ssh chose by itself. */
  z.object({
    kind: z.literal('ssh-key-refused'),
    host,
    path: z.string(),
    keyPath: z.string().nullable(),
    /** ssh could not use the chosen key at all; its own words, masked. */
    detail: z.string().optional(),
  }),
  /** A private key could not be opened. `locked`: nobody could be asked for its passphrase. */
  z.object({
    kind: z.literal('ssh-passphrase'),
    host,
    keyPath: z.string(),
    reason: z.enum(['wrong', 'not-given', 'locked']),
  }),
  /** No ssh program on this computer. */
  z.object({ kind: z.literal('ssh-missing'), host }),
  /** A name of a branch, tag, commit or stash that is none here. */
  z.object({ kind: z.literal('revision-not-found'), name: z.string() }),
  /** A branch, tag or remote of this name is there already. */
  z.object({ kind: z.literal('already-exists'), name: z.string() }),
  /** The branch has commits that are nowhere else. */
  z.object({ kind: z.literal('not-merged'), branch: z.string() }),
  /** Name or e-mail of the committer is not set. */
  z.object({ kind: z.literal('identity-missing') }),
  /** Another program holds git's lock, or one that was killed left it. `path` is the lock file. */
  z.object({ kind: z.literal('repository-busy'), path: z.string() }),
  /** Files with changes nobody has saved stand in the way; at most a hundred are named. */
  z.object({ kind: z.literal('would-overwrite'), paths: z.array(z.string()) }),
  /** A merge, rebase or the like is under way, or there are conflicts left: it comes first. */
  z.object({
    kind: z.literal('unfinished'),
    what: z.enum(['merge', 'rebase', 'cherry-pick', 'revert', 'am', 'conflicts']),
  }),
  /** There is nothing to commit, to continue or to take back. */
  z.object({ kind: z.literal('nothing-to-do'), what: z.enum(['commit', 'abort']) }),
  /** Only a fast-forward was allowed, and the branches went apart. */
  z.object({ kind: z.literal('not-fast-forward') }),
  /** A file of the repository does not hold what it must. `detail` names the object or file. */
  z.object({ kind: z.literal('repository-damaged'), path: z.string(), detail: z.string() }),
  /** A partial clone left contents on the server that are needed now. `oid`: one of them. */
  z.object({ kind: z.literal('contents-missing'), oid: z.string() }),
  /** The connection ended after a push was sent: whether it arrived is not known. */
  z.object({ kind: z.literal('push-unknown'), host, branch: z.string() }),
  /** The connection ended before everything had arrived; nothing was kept. */
  z.object({ kind: z.literal('transfer-incomplete'), host, detail: z.string().optional() }),
  /** git said something no table row recognises. `detail` is its message with secrets masked. */
  z.object({
    kind: z.literal('git-failed'),
    command: z.string(),
    exitCode: z.number().nullable(),
    detail: z.string(),
  }),
  /** An id the page holds names nothing any more (removed in another window). */
  z.object({
    kind: z.literal('gone'),
    what: z.enum(['account', 'repository', 'prompt', 'pull-request', 'saved-credential']),
  }),
  /** A defect. `reference` stands in the log beside the stack. */
  z.object({ kind: z.literal('internal'), reference: z.string() }),
]);

export type AppError = z.infer<typeof appErrorSchema>;
export type AppErrorKind = AppError['kind'];

/** The one Error class that carries an AppError through throw and catch. */
export class AppFailure extends Error {
  override readonly name = 'AppFailure';
  constructor(
    readonly error: AppError,
    options?: { cause?: unknown },
  ) {
    super(error.kind, options);
  }
}

/** Throws an AppFailure; reads as a statement where a value is due. */
export function fail(error: AppError, cause?: unknown): never {
  throw new AppFailure(error, { cause });
}

export function isCancelled(error: unknown): boolean {
  return error instanceof AppFailure && error.error.kind === 'cancelled';
}
