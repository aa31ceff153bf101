/** From this day app passwords are refused: Atlassian's change 3222. */
export const appPasswordsEnd = '2026-07-28';

/**
 * What an app password's permissions became, by the names older guides use.
 * support.atlassian.com, "API token permissions" and "App password
 * permissions"; project:write was folded into project:admin in 2023. A write
 * scope does not hold the read scope.
 */
export const replacements: readonly (readonly [permission: string, scopes: readonly string[]])[] = [
  ['repository:read', ['read:repository:bitbucket']],
  ['repository:write', ['read:repository:bitbucket', 'write:repository:bitbucket']],
  ['repo:status', ['read:repository:bitbucket']],
  ['project:read', ['read:project:bitbucket']],
  ['project:write', ['admin:project:bitbucket']],
  ['api:read', ['read:user:bitbucket', 'read:workspace:bitbucket']],
  ['pullrequest:read', ['read:pullrequest:bitbucket']],
  ['pullrequest:write', ['read:pullrequest:bitbucket', 'write:pullrequest:bitbucket']],
];

/** One line: `repository:read: read:repository:bitbucket; …`. */
export function replacementText(): string {
  return replacements.map(([permission, scopes]) => `${permission}: ${scopes.join(' + ')}`).join('; ');
}

/** What a new API token needs for everything Polyforge does with a repository but pushing. */
export const required = [
  'read:user:bitbucket',
  'read:workspace:bitbucket',
  'read:repository:bitbucket',
  'read:pullrequest:bitbucket',
];

/** Older names of the same rights, which access tokens and OAuth report. Only these older names include each other. */
const stands: Record<string, string[]> = {
  'read:user:bitbucket': ['account'],
  'read:workspace:bitbucket': ['account', 'team'],
  'read:repository:bitbucket': ['repository', 'repository:write', 'repository:admin'],
  'read:pullrequest:bitbucket': ['pullrequest', 'pullrequest:write'],
};

/** The required scopes none of the granted ones covers. */
export function missing(granted: readonly string[]): string[] {
  return required.filter(
    (scope) => ![scope, ...(stands[scope] ?? [])].some((enough) => granted.includes(enough)),
  );
}
