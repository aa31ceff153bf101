/** A resource as the server would describe it to the package; see VsoClient.js there. */
interface ResourceLocation {
  id: string;
  area: string;
  resourceName: string;
  routeTemplate: string;
  resourceVersion: number;
  minVersion: string;
  maxVersion: string;
  releasedVersion: string;
}

const repository = '{project}/_apis/git/repositories/{repositoryId}';
const pullRequest = `${repository}/pullRequests/{pullRequestId}`;

/** Ids as in GitApi.js and PolicyApi.js, paths as in Microsoft's description of version 7.1. */
const routes: Record<string, Record<string, { route: string; preview?: number }>> = {
  git: {
    '225f7195-f9c7-4d14-ab28-a83f7ff77e1f': { route: repository },
    'a5d28130-9cd2-40fa-9f08-902e7daa9efb': { route: '{project}/_apis/git/pullRequests' },
    '9946fd70-0d40-406e-b686-b4744cbbcc37': { route: pullRequest },
    'ab6e2e5d-a0b7-4153-b64a-a4efe0d49449': { route: `${pullRequest}/threads/{threadId}` },
    'b5f6bb4f-8d1e-4d79-8d11-4c9172c99c35': { route: `${pullRequest}/statuses/{statusId}` },
    'd43911ee-6958-46b0-a42b-8445b8a0d004': { route: `${pullRequest}/iterations/{iterationId}` },
    '4216bdcf-b6b1-4d59-8b82-c34cc183fc8b': { route: `${pullRequest}/iterations/{iterationId}/changes` },
    '52823034-34a8-4576-922c-8d8b77e9e4c4': { route: `${pullRequest}/commits` },
    'f22387e3-984e-4c52-9c6d-fbb8f14c812d': { route: `${pullRequest}/labels/{labelIdOrName}` },
  },
  policy: {
    // Never released: asked for as a preview.
    'c23ddff5-229c-4d04-a80b-0fdce9f360c8': {
      route: '{project}/_apis/policy/evaluations/{evaluationId}',
      preview: 1,
    },
  },
};

export function locationsOf(area: string, version: string): ResourceLocation[] {
  return Object.entries(routes[area] ?? {}).map(([id, { route, preview }]) => ({
    id,
    area,
    resourceName: '',
    routeTemplate: route,
    resourceVersion: preview ?? 1,
    minVersion: '1.0',
    maxVersion: version,
    releasedVersion: preview === undefined ? version : '0.0',
  }));
}
