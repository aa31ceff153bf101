import type { Account } from '../../../shared/contract/accounts';
import type { Finding } from '../../../shared/contract/doctor';
import type { RepositoryRef } from '../../../shared/contract/hosted-repositories';
import { finding, type ProviderDiagnosis } from '../diagnosis';
import type { Session } from '../provider';
import { tokenShape } from '../token-form';
import { createClient, optional, projectPath } from './client';
import { probe } from './probe';
import { explain, newTokenPage } from './refusals';
import { missing } from './sign-in';
import { projectSchema, projectsSchema, tokenSchema, versionSchema } from './wire';

/** The list of changed files asked for came with 15.7: docs.gitlab.com/api/merge_requests. */
const minimum = [15, 7];

/** Prefixes of tokens that are nobody's: docs.gitlab.com/security/tokens, token prefixes. */
const impersonal: [RegExp, string][] = [
  [/^gldt-/, 'deploy'],
  [/^glrt-/, 'runner'],
  [/^glcbt-/, 'job'],
  [/^glptt-/, 'trigger'],
  [/^glft-/, 'feed'],
  [/^glimt-/, 'incoming mail'],
  [/^glagent-/, 'agent'],
];

function examineSecret(account: Account, secret: string): Finding | null {
  const { host } = new URL(account.url);
  if (account.authenticationType === 'oauth') return null;
  const token = secret.trim();
  const replace = { kind: 'replace-token' } as const;
  const tokenKind = impersonal.find(([prefix]) => prefix.test(token))?.[1];
  if (tokenKind) return finding('scope-missing', newTokenPage(account), { host, scopes: 'api', tokenKind });
  const looksLike = tokenShape(token);
  if (looksLike && looksLike !== 'gitlab')
    return finding('token-of-another-provider', replace, { host, looksLike });
  // Twenty characters follow the prefix, and more since 18: this one was not copied whole.
  if (token.startsWith('glpat-') && token.length < 20) return finding('token-malformed', replace, { host });
  // A server may have a prefix of its own or none; its tokens still have twenty characters of this alphabet.
  if (!looksLike && !/^[\w.-]{20,}$/.test(token)) return finding('token-is-password', replace, { host });
  return null;
}

function olderThan(version: string, [major = 0, minor = 0]: readonly number[]): boolean {
  const [a = 0, b = 0] = version.split('.').map((part) => Number.parseInt(part, 10) || 0);
  return a < major || (a === major && b < minor);
}

async function examineAccess(session: Session): ReturnType<ProviderDiagnosis['examineAccess']> {
  const { account } = session;
  const { host } = new URL(account.url);
  const client = createClient(session);
  const [token, metadata] = await Promise.all([
    optional(client.get('/personal_access_tokens/self', {}, tokenSchema)),
    optional(client.get('/metadata', {}, versionSchema)),
    client.get('/projects', { membership: true, per_page: 1 }, projectsSchema),
  ]);
  const warnings: Finding[] = [];
  if (metadata && olderThan(metadata.version, minimum))
    warnings.push(
      finding(
        'product-too-old',
        { kind: 'tell-administrator' },
        { host, version: metadata.version, minimum: minimum.join('.') },
      ),
    );
  const lacks = token?.scopes ? missing(token.scopes) : [];
  const lacking = (cause: 'scope-missing' | 'git-scope-missing', scopes: string) =>
    finding(cause, newTokenPage(account), { host, scopes });
  if (lacks.includes('read_api')) return { finding: lacking('scope-missing', 'read_api'), warnings };
  if (!lacks.includes('read_repository')) return { finding: null, warnings };
  const git = lacking('git-scope-missing', 'read_repository');
  return account.useForRepositories
    ? { finding: git, warnings }
    : { finding: null, warnings: [...warnings, git] };
}

async function readRepository(session: Session, repository: RepositoryRef): Promise<Finding | null> {
  const { account } = session;
  const project = await createClient(session).get(projectPath(repository.id), {}, projectSchema);
  const to = project.path_with_namespace;
  // GitLab answers for the old path of a project that moved, until somebody takes that path.
  if (to.toLowerCase() === repository.fullName.toLowerCase()) return null;
  return finding(
    'repository-moved',
    { kind: 'open-page', url: `${account.url}/${to}`, page: 'server' },
    { host: new URL(account.url).host, repository: repository.fullName, to },
  );
}

/** What the Connection Doctor asks of GitLab. */
export const diagnosis: ProviderDiagnosis = {
  probe,
  examineSecret,
  examineAccess,
  readRepository,
  explain,
};
