import { afterEach, describe, expect, it, vi } from 'vitest';
import { startAzureDevOps } from './azure-devops';
import { startBitbucketCloud } from './bitbucket-cloud';
import { startBitbucketDataCenter } from './bitbucket-data-center';
import { startGitHub } from './github';
import { startGitLab } from './gitlab';
import type { HostingServer } from './server';

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

async function asked(server: HostingServer, path: string, agent = 'Polyforge/0'): Promise<number> {
  const answer = await fetch(`${server.url}${path}`, { headers: { 'user-agent': agent } });
  await answer.text();
  return answer.status;
}

describe('what Polyforge sends to a stand-in', () => {
  it.each<[string, () => Promise<HostingServer>, string, string]>([
    ['GitHub', startGitHub, '/api/v3/user', '/api/v3/user?page=all'],
    ['GitLab', startGitLab, '/api/v4/user', '/api/v4/user/everything'],
    ['Bitbucket Cloud', startBitbucketCloud, '/2.0/user', '/2.0/everybody'],
    [
      'Bitbucket Data Center',
      () => startBitbucketDataCenter({ prefix: '/bitbucket' }),
      '/rest/api/1.0/application-properties',
      '/rest/api/1.0/application-properties?verbose=1',
    ],
    [
      'Azure DevOps Services',
      startAzureDevOps,
      '/harbour-vans/_apis/git/repositories?api-version=7.1',
      '/harbour-vans/_apis/git/repositories',
    ],
    [
      'Azure DevOps Server',
      () => startAzureDevOps({ edition: 'server', prefix: '/tfs' }),
      '/DefaultCollection/_apis/projects?api-version=6.0',
      '/DefaultCollection/_apis/project?api-version=6.0',
    ],
  ])(
    'must be in the description of %s, or is refused with the reason printed',
    async (_name, start, valid, invalid) => {
      const server = await start();
      closing.push(() => server.close());
      const printed = vi.spyOn(console, 'error').mockImplementation(() => undefined);
      try {
        expect(await asked(server, valid)).not.toBe(400);
        expect(server.violations).toEqual([]);
        expect(await asked(server, invalid)).toBe(400);
        expect(server.violations).toHaveLength(1);
        expect(String(printed.mock.calls[0]?.[0])).toContain(server.violations[0]);
        // Other programs are answered as the provider would.
        await asked(server, invalid, 'curl/8');
        expect(server.violations.splice(0)).toHaveLength(1);
      } finally {
        printed.mockRestore();
      }
    },
  );
});
