import { createHash } from 'node:crypto';
import type {
  PullFacts,
  World,
  WorldCheck,
  WorldComment,
  WorldCommit,
  WorldFile,
  WorldPullRequest,
  WorldRepository,
  WorldThread,
  WorldUser,
} from './world';

const time = (at: number) => new Date(at).toISOString();
const title = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);

/** GitLab's own words and field sets. */
export class GitLabBodies {
  private readonly api: string;

  constructor(
    private readonly base: string,
    private readonly world: World,
  ) {
    this.api = `${base}/api/v4`;
  }

  user(user: WorldUser) {
    return {
      id: user.id,
      username: user.login,
      public_email: null,
      name: user.name,
      state: 'active',
      locked: false,
      avatar_url: `${this.base}/uploads/-/system/user/avatar/${user.id}/avatar.png`,
      web_url: `${this.base}/${user.login}`,
    };
  }

  me(user: WorldUser) {
    return {
      ...this.user(user),
      created_at: '2020-05-11T07:20:11.015Z',
      bio: '',
      location: null,
      linkedin: '',
      twitter: '',
      discord: '',
      website_url: '',
      github: '',
      job_title: '',
      pronouns: null,
      organization: '',
      bot: false,
      work_information: null,
      local_time: null,
      last_sign_in_at: '2026-11-19T06:12:44.110Z',
      confirmed_at: '2020-05-11T07:20:10.000Z',
      last_activity_on: '2026-11-20',
      email: user.email,
      theme_id: 1,
      color_scheme_id: 1,
      projects_limit: 100_000,
      current_sign_in_at: '2026-11-20T06:30:02.552Z',
      identities: [],
      can_create_group: true,
      can_create_project: true,
      two_factor_enabled: true,
      external: false,
      private_profile: false,
      commit_email: user.email,
    };
  }

  namespaceId(path: string): number {
    return Number.parseInt(createHash('sha1').update(path).digest('hex').slice(0, 5), 16);
  }

  group(path: string) {
    const name = path.split('/').at(-1) ?? path;
    const parent = path.includes('/') ? this.namespaceId(path.slice(0, path.lastIndexOf('/'))) : null;
    return {
      id: this.namespaceId(path),
      web_url: `${this.base}/groups/${path}`,
      name: title(name),
      path: name,
      description: '',
      visibility: 'private',
      share_with_group_lock: false,
      require_two_factor_authentication: false,
      two_factor_grace_period: 48,
      project_creation_level: 'developer',
      auto_devops_enabled: null,
      subgroup_creation_level: 'maintainer',
      emails_disabled: false,
      emails_enabled: true,
      mentions_disabled: null,
      lfs_enabled: true,
      archived: false,
      avatar_url: null,
      request_access_enabled: true,
      full_name: path.split('/').map(title).join(' / '),
      full_path: path,
      created_at: '2020-05-11T08:00:00.000Z',
      parent_id: parent,
      organization_id: 1,
      shared_runners_setting: 'enabled',
    };
  }

  project(repository: WorldRepository, simple = false): object {
    const full = `${repository.namespace}/${repository.slug}`;
    const web = `${this.base}/${full}`;
    const person = this.world.users.find((user) => user.login === repository.namespace);
    const origin = new URL(this.base);
    const url = `${this.api}/projects/${repository.id}`;
    const short = {
      id: repository.id,
      description: repository.description === '' ? null : repository.description,
      name: repository.name,
      name_with_namespace: `${repository.namespace.split('/').map(title).join(' / ')} / ${repository.name}`,
      path: repository.slug,
      path_with_namespace: full,
      created_at: time(repository.createdAt),
      default_branch: repository.empty ? null : repository.defaultBranch,
      tag_list: [],
      topics: [],
      ssh_url_to_repo: `git@${origin.hostname}:${full}.git`,
      http_url_to_repo: `${web}.git`,
      web_url: web,
      readme_url: repository.empty ? null : `${web}/-/blob/${repository.defaultBranch}/README.md`,
      forks_count: 0,
      avatar_url: null,
      star_count: 0,
      last_activity_at: time(repository.updatedAt),
      visibility: repository.visibility,
      namespace: {
        id: person ? person.id + 5000 : this.namespaceId(repository.namespace),
        name: title(repository.namespace.split('/').at(-1) ?? ''),
        path: repository.namespace.split('/').at(-1),
        kind: person ? 'user' : 'group',
        full_path: repository.namespace,
        parent_id: repository.namespace.includes('/')
          ? this.namespaceId(repository.namespace.slice(0, repository.namespace.lastIndexOf('/')))
          : null,
        avatar_url: null,
        web_url: person
          ? `${this.base}/${repository.namespace}`
          : `${this.base}/groups/${repository.namespace}`,
      },
    };
    if (simple) return short;
    const source = this.world.repositories.find(
      (one) => `${one.namespace}/${one.slug}` === repository.forkOf,
    );
    return {
      ...short,
      repository_storage: 'default',
      _links: {
        self: url,
        issues: `${url}/issues`,
        merge_requests: `${url}/merge_requests`,
        repo_branches: `${url}/repository/branches`,
        labels: `${url}/labels`,
        events: `${url}/events`,
        members: `${url}/members`,
        cluster_agents: `${url}/cluster_agents`,
      },
      container_registry_image_prefix: `${origin.hostname}:5050/${full}`,
      packages_enabled: true,
      empty_repo: repository.empty,
      archived: repository.archived,
      owner: person ? this.user(person) : undefined,
      resolve_outdated_diff_discussions: false,
      issues_enabled: true,
      merge_requests_enabled: true,
      wiki_enabled: true,
      jobs_enabled: true,
      snippets_enabled: true,
      container_registry_enabled: true,
      can_create_merge_request_in: true,
      issues_access_level: 'enabled',
      repository_access_level: 'enabled',
      merge_requests_access_level: 'enabled',
      shared_runners_enabled: true,
      lfs_enabled: true,
      creator_id: this.world.user('jonas').id,
      import_status: 'none',
      open_issues_count: 0,
      description_html: '',
      updated_at: time(repository.updatedAt),
      ci_config_path: null,
      public_jobs: true,
      shared_with_groups: [],
      only_allow_merge_if_pipeline_succeeds: false,
      request_access_enabled: true,
      only_allow_merge_if_all_discussions_are_resolved: false,
      remove_source_branch_after_merge: true,
      printing_merge_request_link_enabled: true,
      merge_method: 'merge',
      squash_option: 'default_off',
      ...(source ? { forked_from_project: this.project(source, true) } : {}),
      permissions: {
        project_access: person ? { access_level: 50, notification_level: 3 } : null,
        group_access: person ? null : { access_level: 30, notification_level: 3 },
      },
    };
  }

  merge(pull: WorldPullRequest, facts: PullFacts) {
    const full = `${pull.repository.namespace}/${pull.repository.slug}`;
    const web = `${this.base}/${full}/-/merge_requests/${pull.number}`;
    const done = pull.state === 'open' ? null : time(pull.updatedAt);
    const merged = pull.state === 'merged';
    const jonas = this.user(this.world.user('jonas'));
    const conflicts = pull.state === 'open' && !pull.mergeable;
    const notes =
      pull.comments.length + pull.threads.reduce((sum, thread) => sum + thread.comments.length, 0);
    return {
      id: pull.id,
      iid: pull.number,
      project_id: pull.repository.id,
      title: pull.draft ? `Draft: ${pull.title}` : pull.title,
      description: pull.description === '' ? null : pull.description,
      state: pull.state === 'open' ? 'opened' : pull.state,
      imported: false,
      imported_from: 'none',
      created_at: time(pull.createdAt),
      updated_at: time(pull.updatedAt),
      merged_by: merged ? jonas : null,
      merge_user: merged ? jonas : null,
      merged_at: merged ? done : null,
      closed_by: pull.state === 'closed' ? jonas : null,
      closed_at: pull.state === 'closed' ? done : null,
      target_branch: pull.target,
      source_branch: pull.source,
      user_notes_count: notes,
      upvotes: 0,
      downvotes: 0,
      author: this.user(pull.author),
      assignees: [this.user(pull.author)],
      assignee: this.user(pull.author),
      reviewers: pull.reviewers.map((one) => this.user(one.user)),
      source_project_id: (pull.fork ?? pull.repository).id,
      target_project_id: pull.repository.id,
      labels: pull.labels,
      draft: pull.draft,
      work_in_progress: pull.draft,
      milestone: null,
      merge_when_pipeline_succeeds: false,
      merge_status: conflicts ? 'cannot_be_merged' : 'can_be_merged',
      detailed_merge_status:
        pull.state !== 'open'
          ? 'not_open'
          : conflicts
            ? 'conflict'
            : pull.draft
              ? 'draft_status'
              : 'mergeable',
      merge_after: null,
      sha: facts.head,
      merge_commit_sha: facts.merge,
      squash_commit_sha: null,
      discussion_locked: null,
      should_remove_source_branch: null,
      force_remove_source_branch: true,
      prepared_at: time(pull.createdAt + 4000),
      reference: `!${pull.number}`,
      references: { short: `!${pull.number}`, relative: `!${pull.number}`, full: `${full}!${pull.number}` },
      web_url: web,
      time_stats: {
        time_estimate: 0,
        total_time_spent: 0,
        human_time_estimate: null,
        human_total_time_spent: null,
      },
      squash: false,
      squash_on_merge: false,
      task_completion_status: {
        count: (pull.description.match(/^- \[[ x]\]/gm) ?? []).length,
        completed_count: (pull.description.match(/^- \[x\]/gm) ?? []).length,
      },
      has_conflicts: conflicts,
      blocking_discussions_resolved: pull.threads.every((thread) => thread.resolved),
      approvals_before_merge: null,
    };
  }

  mergeDetail(pull: WorldPullRequest, facts: PullFacts) {
    return {
      ...this.merge(pull, facts),
      subscribed: true,
      changes_count: String(facts.files.length),
      latest_build_started_at: null,
      latest_build_finished_at: null,
      first_deployed_to_production_at: null,
      pipeline: pull.checks.length > 0 ? this.pipeline(pull, facts) : null,
      head_pipeline: pull.checks.length > 0 ? this.pipelineDetail(pull, facts) : null,
      diff_refs: { base_sha: facts.base, head_sha: facts.head, start_sha: facts.target },
      merge_error: null,
      user: { can_merge: true },
    };
  }

  pipelineStatus(checks: WorldCheck[]): string {
    const states = checks.map((check) => check.state);
    if (states.includes('failed')) return 'failed';
    return states.includes('pending') ? 'running' : 'success';
  }

  pipeline(pull: WorldPullRequest, facts: PullFacts) {
    const id = pull.id * 3;
    return {
      id,
      iid: id,
      project_id: pull.repository.id,
      sha: facts.head,
      ref: pull.source,
      status: this.pipelineStatus(pull.checks),
      source: 'push',
      created_at: time(pull.updatedAt - 600_000),
      updated_at: time(pull.updatedAt),
      web_url: `${this.base}/${pull.repository.namespace}/${pull.repository.slug}/-/pipelines/${id}`,
    };
  }

  pipelineDetail(pull: WorldPullRequest, facts: PullFacts) {
    const status = this.pipelineStatus(pull.checks);
    return {
      ...this.pipeline(pull, facts),
      before_sha: '0'.repeat(40),
      tag: false,
      yaml_errors: null,
      user: this.user(pull.author),
      started_at: time(pull.updatedAt - 590_000),
      finished_at: status === 'running' ? null : time(pull.updatedAt),
      committed_at: null,
      duration: status === 'running' ? null : 590,
      queued_duration: 3,
      coverage: null,
      detailed_status: {
        icon: `status_${status}`,
        text: title(status),
        label: status,
        group: status,
        tooltip: status,
        has_details: true,
      },
    };
  }

  /** A job of a pipeline, and the same job as a commit's status. */
  job(pull: WorldPullRequest, facts: PullFacts, check: WorldCheck) {
    const states = {
      passed: 'success',
      failed: 'failed',
      pending: 'running',
      skipped: 'skipped',
      neutral: 'manual',
    };
    const running = check.state === 'pending';
    return {
      id: check.id,
      status: states[check.state],
      stage: check.name === 'deploy' ? 'deploy' : 'test',
      name: check.name,
      ref: pull.source,
      tag: false,
      coverage: null,
      allow_failure: false,
      created_at: time(check.at - 90_000),
      started_at: check.state === 'skipped' ? null : time(check.at - 60_000),
      finished_at: running || check.state === 'skipped' ? null : time(check.at),
      erased_at: null,
      duration: running ? null : 60,
      queued_duration: 2,
      user: this.user(pull.author),
      commit: { id: facts.head, short_id: facts.head.slice(0, 8) },
      pipeline: this.pipeline(pull, facts),
      failure_reason: check.state === 'failed' ? 'script_failure' : undefined,
      web_url: `${this.base}/${pull.repository.namespace}/${pull.repository.slug}/-/jobs/${check.id}`,
      artifacts: [],
      runner: null,
      archived: false,
    };
  }

  status(pull: WorldPullRequest, facts: PullFacts, check: WorldCheck) {
    const job = this.job(pull, facts, check);
    return {
      id: check.id,
      sha: facts.head,
      ref: pull.source,
      status: job.status,
      name: check.name,
      target_url: check.url,
      description: check.description === '' ? null : check.description,
      created_at: job.created_at,
      started_at: job.started_at,
      finished_at: job.finished_at,
      allow_failure: false,
      coverage: null,
      pipeline_id: job.pipeline.id,
      author: this.user(pull.author),
    };
  }

  diff(file: WorldFile) {
    const binary = file.additions === null;
    return {
      diff: binary
        ? `Binary files a/${file.previousPath ?? file.path} and b/${file.path} differ\n`
        : file.hunks === ''
          ? ''
          : `${file.hunks}\n`,
      collapsed: false,
      too_large: false,
      new_path: file.path,
      old_path: file.previousPath ?? file.path,
      a_mode: file.status === 'added' ? '0' : '100644',
      b_mode: file.status === 'deleted' ? '0' : '100644',
      new_file: file.status === 'added',
      renamed_file: file.status === 'renamed',
      deleted_file: file.status === 'deleted',
      generated_file: false,
    };
  }

  commit(repository: WorldRepository, commit: WorldCommit) {
    const at = time(commit.at).replace('Z', '+00:00');
    return {
      id: commit.oid,
      short_id: commit.oid.slice(0, 8),
      created_at: at,
      parent_ids: [],
      title: commit.subject,
      message: `${commit.message}\n`,
      author_name: commit.author.name,
      author_email: commit.author.email,
      authored_date: at,
      committer_name: commit.author.name,
      committer_email: commit.author.email,
      committed_date: at,
      trailers: {},
      extended_trailers: {},
      web_url: `${this.base}/${repository.namespace}/${repository.slug}/-/commit/${commit.oid}`,
    };
  }

  note(pull: WorldPullRequest, comment: WorldComment, more: object = {}) {
    return {
      id: comment.id,
      type: null,
      body: comment.body,
      author: this.user(comment.author),
      created_at: time(comment.at),
      updated_at: time(comment.at),
      system: comment.system,
      noteable_id: pull.id,
      noteable_type: 'MergeRequest',
      project_id: pull.repository.id,
      resolvable: false,
      confidential: false,
      internal: false,
      imported: false,
      imported_from: 'none',
      noteable_iid: pull.number,
      commands_changes: {},
      ...more,
    };
  }

  discussionId(id: number): string {
    return createHash('sha1').update(`discussion ${id}`).digest('hex');
  }

  diffNote(
    pull: WorldPullRequest,
    facts: PullFacts,
    thread: WorldThread,
    comment: WorldComment,
    place: { line: number; commit: string },
  ) {
    const file = facts.files.find((one) => one.path === thread.path || one.previousPath === thread.path);
    return this.note(pull, comment, {
      type: 'DiffNote',
      commit_id: null,
      position: {
        base_sha: facts.base,
        start_sha: facts.base,
        head_sha: thread.outdated ? place.commit : facts.head,
        old_path: file?.previousPath ?? thread.path,
        new_path: file?.path ?? thread.path,
        position_type: 'text',
        old_line: thread.side === 'old' ? place.line : null,
        new_line: thread.side === 'new' ? place.line : null,
        line_range: null,
      },
      resolvable: true,
      resolved: thread.resolved,
      resolved_by: thread.resolved ? this.user(pull.author) : null,
      resolved_at: thread.resolved ? time(comment.at) : null,
      suggestions: [],
    });
  }
}
