import { Buffer } from 'node:buffer';
import type {
  PullFacts,
  WorldCheck,
  WorldComment,
  WorldCommit,
  WorldFile,
  WorldPullRequest,
  WorldRepository,
  WorldUser,
  World,
} from './world';

/** GitHub's own words and field sets (schema names of api.github.com's description in the comments). */
const time = (at: number) => new Date(at).toISOString().replace('.000Z', 'Z');
export const nodeId = (kind: string, id: number) => Buffer.from(`${kind}_${id}`).toString('base64');

export class GitHubBodies {
  private readonly api: string;

  constructor(
    private readonly origin: string,
    private readonly world: World,
  ) {
    this.api = `${origin}/api/v3`;
  }

  private account(login: string, id: number, type: 'User' | 'Organization' | 'Bot') {
    const url = `${this.api}/users/${login}`;
    return {
      login,
      id,
      node_id: nodeId(type, id),
      avatar_url: `${this.origin}/avatars/u/${id}?v=4`,
      gravatar_id: '',
      url,
      html_url: `${this.origin}/${login}`,
      followers_url: `${url}/followers`,
      following_url: `${url}/following{/other_user}`,
      gists_url: `${url}/gists{/gist_id}`,
      starred_url: `${url}/starred{/owner}{/repo}`,
      subscriptions_url: `${url}/subscriptions`,
      organizations_url: `${url}/orgs`,
      repos_url: `${url}/repos`,
      events_url: `${url}/events{/privacy}`,
      received_events_url: `${url}/received_events`,
      type,
      user_view_type: 'public',
      site_admin: false,
    };
  }

  /** simple-user */
  user(user: WorldUser) {
    return user.bot
      ? this.account(`${user.login}[bot]`, user.id, 'Bot')
      : this.account(user.login, user.id, 'User');
  }

  /** Owner of a repository: a person or an organization. */
  owner(login: string) {
    const person = this.world.users.find((user) => user.login === login);
    return person ? this.user(person) : this.account(login, this.orgId(login), 'Organization');
  }

  orgId(login: string): number {
    return 900 + Buffer.from(login).reduce((sum, byte) => sum + byte, 0);
  }

  /** organization-simple */
  org(login: string) {
    const url = `${this.api}/orgs/${login}`;
    return {
      login,
      id: this.orgId(login),
      node_id: nodeId('O', this.orgId(login)),
      url,
      repos_url: `${url}/repos`,
      events_url: `${url}/events`,
      hooks_url: `${url}/hooks`,
      issues_url: `${url}/issues`,
      members_url: `${url}/members{/member}`,
      public_members_url: `${url}/public_members{/member}`,
      avatar_url: `${this.origin}/avatars/u/${this.orgId(login)}?v=4`,
      description: '',
    };
  }

  /** private-user */
  me(user: WorldUser) {
    return {
      ...this.user(user),
      name: user.name,
      company: null,
      blog: '',
      location: null,
      email: user.email,
      hireable: null,
      bio: null,
      twitter_username: null,
      notification_email: user.email,
      public_repos: 2,
      public_gists: 0,
      followers: 12,
      following: 9,
      created_at: '2019-03-02T08:11:20Z',
      updated_at: '2026-10-30T17:45:01Z',
      private_gists: 0,
      total_private_repos: 6,
      owned_private_repos: 1,
      disk_usage: 41_377,
      collaborators: 0,
      two_factor_authentication: true,
    };
  }

  repository(repository: WorldRepository) {
    const full = `${repository.namespace}/${repository.slug}`;
    const url = `${this.api}/repos/${full}`;
    const html = `${this.origin}/${full}`;
    const open = this.world.pullRequestsOf(repository).filter((one) => one.state === 'open').length;
    return {
      id: repository.id,
      node_id: nodeId('R', repository.id),
      name: repository.slug,
      full_name: full,
      private: repository.visibility !== 'public',
      owner: this.owner(repository.namespace),
      html_url: html,
      description: repository.description === '' ? null : repository.description,
      fork: repository.forkOf !== null,
      url,
      archive_url: `${url}/{archive_format}{/ref}`,
      assignees_url: `${url}/assignees{/user}`,
      blobs_url: `${url}/git/blobs{/sha}`,
      branches_url: `${url}/branches{/branch}`,
      collaborators_url: `${url}/collaborators{/collaborator}`,
      comments_url: `${url}/comments{/number}`,
      commits_url: `${url}/commits{/sha}`,
      compare_url: `${url}/compare/{base}...{head}`,
      contents_url: `${url}/contents/{+path}`,
      contributors_url: `${url}/contributors`,
      deployments_url: `${url}/deployments`,
      downloads_url: `${url}/downloads`,
      events_url: `${url}/events`,
      forks_url: `${url}/forks`,
      git_commits_url: `${url}/git/commits{/sha}`,
      git_refs_url: `${url}/git/refs{/sha}`,
      git_tags_url: `${url}/git/tags{/sha}`,
      hooks_url: `${url}/hooks`,
      issue_comment_url: `${url}/issues/comments{/number}`,
      issue_events_url: `${url}/issues/events{/number}`,
      issues_url: `${url}/issues{/number}`,
      keys_url: `${url}/keys{/key_id}`,
      labels_url: `${url}/labels{/name}`,
      languages_url: `${url}/languages`,
      merges_url: `${url}/merges`,
      milestones_url: `${url}/milestones{/number}`,
      notifications_url: `${url}/notifications{?since,all,participating}`,
      pulls_url: `${url}/pulls{/number}`,
      releases_url: `${url}/releases{/id}`,
      stargazers_url: `${url}/stargazers`,
      statuses_url: `${url}/statuses/{sha}`,
      subscribers_url: `${url}/subscribers`,
      subscription_url: `${url}/subscription`,
      tags_url: `${url}/tags`,
      teams_url: `${url}/teams`,
      trees_url: `${url}/git/trees{/sha}`,
      git_url: `git://${new URL(this.origin).host}/${full}.git`,
      ssh_url: `git@${new URL(this.origin).hostname}:${full}.git`,
      clone_url: `${html}.git`,
      svn_url: html,
      mirror_url: null,
      homepage: null,
      language: null,
      forks_count: 0,
      stargazers_count: 3,
      watchers_count: 3,
      size: Math.round(repository.sizeBytes / 1024),
      default_branch: repository.defaultBranch,
      open_issues_count: open,
      is_template: false,
      topics: [],
      has_issues: true,
      has_projects: true,
      has_wiki: false,
      has_pages: false,
      has_downloads: true,
      has_discussions: false,
      archived: repository.archived,
      disabled: false,
      visibility: repository.visibility,
      pushed_at: time(repository.updatedAt),
      created_at: time(repository.createdAt),
      updated_at: time(repository.updatedAt),
      permissions: { admin: false, maintain: false, push: true, triage: true, pull: true },
      allow_forking: true,
      web_commit_signoff_required: false,
      forks: 0,
      open_issues: open,
      watchers: 3,
      license: null,
    };
  }

  private numbers(pull: WorldPullRequest) {
    const full = `${pull.repository.namespace}/${pull.repository.slug}`;
    const repo = `${this.api}/repos/${full}`;
    const html = `${this.origin}/${full}/pull/${pull.number}`;
    return { full, repo, html, url: `${repo}/pulls/${pull.number}`, issue: `${repo}/issues/${pull.number}` };
  }

  private label(name: string, pull: WorldPullRequest, index: number) {
    const { repo } = this.numbers(pull);
    return {
      id: pull.id * 10 + index,
      node_id: nodeId('LA', pull.id * 10 + index),
      url: `${repo}/labels/${encodeURIComponent(name)}`,
      name,
      description: null,
      color: ['0e8a16', 'd93f0b', '5319e7'][index % 3],
      default: false,
    };
  }

  /** pull-request-simple */
  pull(pull: WorldPullRequest, facts: PullFacts) {
    const { repo, html, url, issue } = this.numbers(pull);
    const side = (repository: WorldRepository, ref: string, sha: string) => ({
      label: `${repository.namespace}:${ref}`,
      ref,
      sha,
      user: this.owner(repository.namespace),
      repo: this.repository(repository),
    });
    const closed = pull.state === 'open' ? null : time(pull.updatedAt);
    return {
      url,
      id: pull.id,
      node_id: nodeId('PR', pull.id),
      html_url: html,
      diff_url: `${html}.diff`,
      patch_url: `${html}.patch`,
      issue_url: issue,
      number: pull.number,
      state: pull.state === 'open' ? 'open' : 'closed',
      locked: false,
      title: pull.title,
      user: this.user(pull.author),
      body: pull.description === '' ? null : pull.description,
      created_at: time(pull.createdAt),
      updated_at: time(pull.updatedAt),
      closed_at: closed,
      merged_at: pull.state === 'merged' ? closed : null,
      merge_commit_sha: facts.merge ?? (pull.state === 'closed' ? null : facts.head),
      assignee: null,
      assignees: [],
      requested_reviewers: pull.reviewers
        .filter((one) => one.vote === 'none')
        .map((one) => this.user(one.user)),
      requested_teams: [],
      labels: pull.labels.map((name, index) => this.label(name, pull, index)),
      milestone: null,
      draft: pull.draft,
      commits_url: `${url}/commits`,
      review_comments_url: `${url}/comments`,
      review_comment_url: `${repo}/pulls/comments{/number}`,
      comments_url: `${issue}/comments`,
      statuses_url: `${repo}/statuses/${facts.head}`,
      head: side(pull.fork ?? pull.repository, pull.source, facts.head),
      base: side(pull.repository, pull.target, facts.target),
      _links: {
        self: { href: url },
        html: { href: html },
        issue: { href: issue },
        comments: { href: `${issue}/comments` },
        review_comments: { href: `${url}/comments` },
        review_comment: { href: `${repo}/pulls/comments{/number}` },
        commits: { href: `${url}/commits` },
        statuses: { href: `${repo}/statuses/${facts.head}` },
      },
      author_association: pull.fork ? 'CONTRIBUTOR' : 'MEMBER',
      auto_merge: null,
      active_lock_reason: null,
    };
  }

  /** pull-request */
  pullDetail(pull: WorldPullRequest, facts: PullFacts) {
    const open = pull.state === 'open';
    return {
      ...this.pull(pull, facts),
      merged: pull.state === 'merged',
      mergeable: open ? pull.mergeable : null,
      rebaseable: open ? pull.mergeable : null,
      mergeable_state: open ? (pull.mergeable ? 'blocked' : 'dirty') : 'unknown',
      merged_by: pull.state === 'merged' ? this.user(this.world.user('tomas')) : null,
      comments: pull.comments.length,
      review_comments: pull.threads.reduce((sum, thread) => sum + thread.comments.length, 0),
      maintainer_can_modify: pull.fork !== null,
      commits: facts.commits.length,
      additions: facts.files.reduce((sum, file) => sum + (file.additions ?? 0), 0),
      deletions: facts.files.reduce((sum, file) => sum + (file.deletions ?? 0), 0),
      changed_files: facts.files.length,
    };
  }

  /** issue-search-result-item */
  issue(pull: WorldPullRequest) {
    const { repo, html, url, issue } = this.numbers(pull);
    const closed = pull.state === 'open' ? null : time(pull.updatedAt);
    return {
      url: issue,
      repository_url: repo,
      labels_url: `${issue}/labels{/name}`,
      comments_url: `${issue}/comments`,
      events_url: `${issue}/events`,
      html_url: html,
      id: pull.id,
      node_id: nodeId('PR', pull.id),
      number: pull.number,
      title: pull.title,
      user: this.user(pull.author),
      labels: pull.labels.map((name, index) => this.label(name, pull, index)),
      state: pull.state === 'open' ? 'open' : 'closed',
      locked: false,
      assignee: null,
      assignees: [],
      milestone: null,
      comments: pull.comments.length,
      created_at: time(pull.createdAt),
      updated_at: time(pull.updatedAt),
      closed_at: closed,
      author_association: 'MEMBER',
      active_lock_reason: null,
      draft: pull.draft,
      pull_request: {
        url,
        html_url: html,
        diff_url: `${html}.diff`,
        patch_url: `${html}.patch`,
        merged_at: pull.state === 'merged' ? closed : null,
      },
      body: pull.description === '' ? null : pull.description,
      reactions: {
        url: `${issue}/reactions`,
        total_count: 0,
        '+1': 0,
        '-1': 0,
        laugh: 0,
        hooray: 0,
        confused: 0,
        heart: 0,
        rocket: 0,
        eyes: 0,
      },
      timeline_url: `${issue}/timeline`,
      performed_via_github_app: null,
      state_reason: null,
      score: 1,
    };
  }

  /** pull-request-review */
  review(
    pull: WorldPullRequest,
    facts: PullFacts,
    reviewer: WorldPullRequest['reviewers'][number],
    id: number,
  ) {
    const { html, url } = this.numbers(pull);
    const states: Record<string, string> = {
      approved: 'APPROVED',
      'changes-requested': 'CHANGES_REQUESTED',
      commented: 'COMMENTED',
    };
    return {
      id,
      node_id: nodeId('PRR', id),
      user: this.user(reviewer.user),
      body: '',
      state: states[reviewer.vote] ?? 'COMMENTED',
      html_url: `${html}#pullrequestreview-${id}`,
      pull_request_url: url,
      author_association: 'MEMBER',
      _links: { html: { href: `${html}#pullrequestreview-${id}` }, pull_request: { href: url } },
      submitted_at: time(reviewer.at),
      commit_id: facts.head,
    };
  }

  /** pull-request-review-comment */
  reviewComment(
    pull: WorldPullRequest,
    facts: PullFacts,
    comment: WorldComment,
    place: { path: string; line: number; side: 'old' | 'new'; outdated: boolean; commit: string },
    first: WorldComment,
  ) {
    const { repo, html, url } = this.numbers(pull);
    const self = `${repo}/pulls/comments/${comment.id}`;
    const page = `${html}#discussion_r${comment.id}`;
    const file = facts.files.find((one) => one.path === place.path || one.previousPath === place.path);
    const line = place.outdated ? null : place.line;
    return {
      url: self,
      pull_request_review_id: first.id + 1_000_000,
      id: comment.id,
      node_id: nodeId('PRRC', comment.id),
      diff_hunk: hunkUpTo(file, place),
      path: place.path,
      commit_id: facts.head,
      original_commit_id: place.outdated ? place.commit : facts.head,
      user: this.user(comment.author),
      body: comment.body,
      created_at: time(comment.at),
      updated_at: time(comment.at),
      html_url: page,
      pull_request_url: url,
      author_association: 'MEMBER',
      _links: { self: { href: self }, html: { href: page }, pull_request: { href: url } },
      reactions: {
        url: `${self}/reactions`,
        total_count: 0,
        '+1': 0,
        '-1': 0,
        laugh: 0,
        hooray: 0,
        confused: 0,
        heart: 0,
        rocket: 0,
        eyes: 0,
      },
      start_line: null,
      original_start_line: null,
      start_side: null,
      line,
      original_line: place.line,
      side: place.side === 'old' ? 'LEFT' : 'RIGHT',
      original_position: 1,
      position: place.outdated ? null : 1,
      subject_type: 'line',
      ...(comment === first ? {} : { in_reply_to_id: first.id }),
    };
  }

  /** issue-comment */
  comment(pull: WorldPullRequest, comment: WorldComment) {
    const { repo, html, issue } = this.numbers(pull);
    const url = `${repo}/issues/comments/${comment.id}`;
    return {
      url,
      html_url: `${html}#issuecomment-${comment.id}`,
      issue_url: issue,
      id: comment.id,
      node_id: nodeId('IC', comment.id),
      user: this.user(comment.author),
      created_at: time(comment.at),
      updated_at: time(comment.at),
      author_association: 'MEMBER',
      body: comment.body,
      reactions: {
        url: `${url}/reactions`,
        total_count: 0,
        '+1': 0,
        '-1': 0,
        laugh: 0,
        hooray: 0,
        confused: 0,
        heart: 0,
        rocket: 0,
        eyes: 0,
      },
      performed_via_github_app: null,
    };
  }

  /** diff-entry */
  file(repository: WorldRepository, facts: PullFacts, file: WorldFile) {
    const full = `${repository.namespace}/${repository.slug}`;
    const path = file.path.split('/').map(encodeURIComponent).join('/');
    const commit = file.status === 'deleted' ? facts.base : facts.head;
    return {
      sha: file.status === 'deleted' ? file.oldOid : file.newOid,
      filename: file.path,
      status: file.status === 'deleted' ? 'removed' : file.status,
      additions: file.additions ?? 0,
      deletions: file.deletions ?? 0,
      changes: (file.additions ?? 0) + (file.deletions ?? 0),
      blob_url: `${this.origin}/${full}/blob/${commit}/${path}`,
      raw_url: `${this.origin}/${full}/raw/${commit}/${path}`,
      contents_url: `${this.api}/repos/${full}/contents/${path}?ref=${commit}`,
      ...(file.hunks === '' ? {} : { patch: file.hunks }),
      ...(file.previousPath === null ? {} : { previous_filename: file.previousPath }),
    };
  }

  /** commit */
  commit(repository: WorldRepository, commit: WorldCommit) {
    const full = `${repository.namespace}/${repository.slug}`;
    const url = `${this.api}/repos/${full}/commits/${commit.oid}`;
    const person = this.world.users.find((user) => user.email === commit.author.email);
    const who = { name: commit.author.name, email: commit.author.email, date: time(commit.at) };
    return {
      sha: commit.oid,
      node_id: Buffer.from(commit.oid).toString('base64'),
      commit: {
        author: who,
        committer: who,
        message: commit.message,
        tree: { sha: commit.oid, url: `${this.api}/repos/${full}/git/trees/${commit.oid}` },
        url: `${this.api}/repos/${full}/git/commits/${commit.oid}`,
        comment_count: 0,
        verification: {
          verified: false,
          reason: 'unsigned',
          signature: null,
          payload: null,
          verified_at: null,
        },
      },
      url,
      html_url: `${this.origin}/${full}/commit/${commit.oid}`,
      comments_url: `${url}/comments`,
      author: person ? this.user(person) : null,
      committer: person ? this.user(person) : null,
      parents: commit.parents.map((sha) => ({
        sha,
        url: `${this.api}/repos/${full}/commits/${sha}`,
        html_url: `${this.origin}/${full}/commit/${sha}`,
      })),
    };
  }

  /** check-run */
  checkRun(repository: WorldRepository, head: string, check: WorldCheck) {
    const full = `${repository.namespace}/${repository.slug}`;
    const conclusions = {
      passed: 'success',
      failed: 'failure',
      skipped: 'skipped',
      neutral: 'neutral',
      pending: null,
    };
    const pending = check.state === 'pending';
    return {
      id: check.id,
      name: check.name,
      node_id: nodeId('CR', check.id),
      head_sha: head,
      external_id: '',
      url: `${this.api}/repos/${full}/check-runs/${check.id}`,
      html_url: `${this.origin}/${full}/runs/${check.id}`,
      details_url: check.url,
      status: pending ? 'in_progress' : 'completed',
      conclusion: conclusions[check.state],
      started_at: time(check.at - 60_000),
      completed_at: pending ? null : time(check.at),
      output: {
        title: check.description === '' ? null : check.description,
        summary: check.description === '' ? null : check.description,
        text: null,
        annotations_count: 0,
        annotations_url: `${this.api}/repos/${full}/check-runs/${check.id}/annotations`,
      },
      check_suite: { id: check.id + 5 },
      app: {
        id: 15_368,
        slug: 'actions',
        node_id: nodeId('A', 15_368),
        owner: this.org('northwind'),
        name: 'Actions',
        description: '',
        external_url: `${this.origin}/actions`,
        html_url: `${this.origin}/apps/actions`,
        created_at: '2018-07-30T09:30:17Z',
        updated_at: '2024-04-10T20:33:16Z',
        permissions: { checks: 'write', contents: 'read', metadata: 'read' },
        events: [],
      },
      pull_requests: [],
    };
  }

  /** simple-commit-status */
  status(repository: WorldRepository, head: string, check: WorldCheck) {
    const states = {
      passed: 'success',
      failed: 'failure',
      pending: 'pending',
      skipped: 'success',
      neutral: 'success',
    };
    return {
      url: `${this.api}/repos/${repository.namespace}/${repository.slug}/statuses/${head}`,
      avatar_url: `${this.origin}/avatars/oa/1?v=4`,
      id: check.id,
      node_id: nodeId('SC', check.id),
      state: states[check.state],
      description: check.description === '' ? null : check.description,
      target_url: check.url,
      context: check.name,
      created_at: time(check.at),
      updated_at: time(check.at),
    };
  }
}

/** The hunk up to and with the line a comment is about, as GitHub shows it above the comment. */
function hunkUpTo(
  file: WorldFile | undefined,
  place: { line: number; side: 'old' | 'new'; outdated: boolean },
): string {
  if (!file || place.outdated) return '@@ -0,0 +1 @@';
  const kept: string[] = [];
  let oldLine = 0;
  let newLine = 0;
  for (const line of file.hunks.split('\n')) {
    const start = /^@@ -(\d+)(?:,\d+)? \+(\d+)/.exec(line);
    if (start) {
      kept.length = 0;
      oldLine = Number(start[1]) - 1;
      newLine = Number(start[2]) - 1;
    } else if (line.startsWith('-')) oldLine += 1;
    else if (line.startsWith('+')) newLine += 1;
    else {
      oldLine += 1;
      newLine += 1;
    }
    kept.push(line);
    const reached =
      place.side === 'old'
        ? oldLine >= place.line && !line.startsWith('+')
        : newLine >= place.line && !line.startsWith('-');
    if (!start && reached) break;
  }
  return kept.join('\n');
}
