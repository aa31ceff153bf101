import path from 'node:path';
import { github } from '../../electron/providers/github';
import { ApiDescription } from './api-description';
import { providerSuite } from './provider.suite';
import { manifestAnswers, type RecordedAnswer, startRecordingServer } from './recording-server';

const directory = path.join(import.meta.dirname, 'recorded/github');
const body = (name: string) => path.join(directory, 'bodies', name);
const description = new ApiDescription(path.join(import.meta.dirname, 'api/github.json'));
const secret = `ghp_${'c4n4ry'.repeat(6)}`;
const pull = '/repos/octocat/hello-world/pulls/1347';
const head = '/repos/octocat/hello-world/commits/6dcb09b5b57875f334f61aebed695e2e4193db5e';

/** Requests go-scm makes no recordings of; the bodies follow GitHub's description. */
const ours: RecordedAnswer[] = [
  {
    path: `${pull}/reviews`,
    json: [
      {
        id: 1,
        user: { id: 2, login: 'hubot' },
        body: 'Almost',
        state: 'CHANGES_REQUESTED',
        submitted_at: '2011-01-27T10:00:00Z',
      },
      {
        id: 2,
        user: { id: 2, login: 'hubot' },
        body: '',
        state: 'APPROVED',
        submitted_at: '2011-01-28T10:00:00Z',
      },
      {
        id: 3,
        user: { id: 2, login: 'hubot' },
        body: '',
        state: 'COMMENTED',
        submitted_at: '2011-01-29T10:00:00Z',
      },
      { id: 4, user: null, body: 'gone', state: 'DISMISSED', submitted_at: '2011-01-29T11:00:00Z' },
    ],
  },
  { path: `${pull}/comments`, file: body('pr_comments.json') },
  { path: '/repos/octocat/hello-world/issues/1347/comments', file: body('issue_comments.json') },
  {
    path: `${head}/check-runs`,
    json: {
      total_count: 2,
      check_runs: [
        {
          name: 'build',
          status: 'completed',
          conclusion: 'success',
          html_url: 'https://github.com/x/1',
          output: { title: 'Built' },
        },
        { name: 'lint', status: 'in_progress', conclusion: null, html_url: null },
      ],
    },
  },
  {
    path: `${head}/status`,
    json: {
      state: 'failure',
      statuses: [{ context: 'ci/deploy', state: 'failure', description: 'no', target_url: null }],
    },
  },
  {
    path: '/search/issues',
    json: {
      total_count: 1,
      incomplete_results: false,
      items: [
        {
          number: 1347,
          title: 'new-feature',
          user: { id: 1, login: 'octocat' },
          state: 'open',
          draft: false,
          comments: 3,
          created_at: '2011-01-26T19:01:12Z',
          updated_at: '2011-01-26T19:01:12Z',
          html_url: 'https://github.com/octocat/Hello-World/pull/1347',
          repository_url: 'https://api.github.com/repos/octocat/hello-world',
          pull_request: { merged_at: null },
        },
      ],
    },
  },
];

const serve = () =>
  startRecordingServer({
    description,
    basePath: '/api/v3',
    undocumented: [/^\/images\//, /^\/api\/graphql$/],
    rewrite: ['https://api.github.com', 'https://github.com'],
    answers: [
      ...ours,
      ...manifestAnswers(directory).filter(
        (answer) => !/reposWithNull|page2|github_app/.test(answer.file ?? ''),
      ),
    ],
  });

providerSuite({
  name: 'GitHub Enterprise Server with a personal token',
  provider: github,
  directory,
  serve,
  draft: (origin) => ({ kind: 'github-enterprise', alias: 'x', authenticationType: 'personal', url: origin }),
  secret,
  user: { id: '1', login: 'octocat', name: 'monalisa octocat' },
  repository: { id: 'octocat/hello-world', fullName: 'octocat/hello-world' },
  number: 1347,
  file: { path: 'asda2', previousPath: null },
});
