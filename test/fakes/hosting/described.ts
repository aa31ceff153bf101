import { ApiDescription } from '../../providers/api-description';

/** A provider's own description of its API, held against what Polyforge sends to a stand-in. */
export interface Described {
  /** Path of the API on the server that the description does not carry. */
  readonly basePath: string;
  /** What no description has; everything else must be in it. */
  readonly undocumented: readonly RegExp[];
  /** What is wrong with the request; empty: nothing. `path` is below the stand-in's prefix. */
  violations(method: string, path: string, query: URLSearchParams, body: string): string[];
}

function described(
  file: string,
  basePath: string,
  undocumented: readonly RegExp[],
  options: { ignoreCase?: boolean } = {},
): Described {
  let description: ApiDescription | undefined;
  return {
    basePath,
    undocumented,
    violations(method, path, query, body) {
      if (undocumented.some((pattern) => pattern.test(path))) return [];
      if (!path.startsWith(basePath)) return [`${method} ${path}: outside ${basePath}`];
      description ??= new ApiDescription(new URL(`../../providers/api/${file}`, import.meta.url), options);
      return description.violations(method, path.slice(basePath.length), query, body);
    },
  };
}

export const descriptions = {
  // GraphQL has a schema of its own.
  github: described('github.json', '/api/v3', [/^\/api\/graphql$/]),
  gitlab: described('gitlab.json', '', []),
  // Where Bitbucket itself redirects the diff of a pull request to.
  bitbucketCloud: described('bitbucket-cloud.json', '/2.0', [
    /^\/2\.0\/repositories\/[^/]+\/[^/]+\/(diff|diffstat)\/[^/]+\/[^/]+:/,
  ]),
  // A servlet of Atlassian's application links, older than the REST API.
  bitbucketDataCenter: described('bitbucket-dc.json', '/rest', [/^\/plugins\/servlet\/applinks\/whoami$/]),
  // Microsoft describes connectionData in prose only.
  azureServices: described('azure-devops-7.1.json', '', [/\/_apis\/connectionData$/i], { ignoreCase: true }),
  azureServer: described('azure-devops-server-7.1.json', '', [/\/_apis\/connectionData$/i], {
    ignoreCase: true,
  }),
};
