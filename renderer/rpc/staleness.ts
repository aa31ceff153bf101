import type { AppEvent } from '../../shared/contract/application';

/** A procedure, or a whole service, by its contract name. */
export type ProcedurePath = readonly string[];

/** Which of the page's queries an event makes stale. The page refetches those that are on screen. */
export function staleAfter(event: AppEvent): ProcedurePath[] {
  switch (event.type) {
    case 'accounts.changed':
      // An account answers for repositories (overview) and owns listed ones.
      return [
        ['accounts', 'list'],
        ['accounts', 'notices'],
        ['accounts', 'removalImpact'],
        ['organizationMove'],
        ['repositories', 'overview'],
        ['repositories', 'inspectRemote'],
        ['repositories', 'list'],
        ['bindings'],
        ['terminalGit'],
        ['ssh'],
      ];
    case 'account-notices.changed':
      return [['accounts', 'notices']];
    case 'repositories.changed':
      return [
        ['repositories'],
        ['organizationMove'],
        ['bindings'],
        ['branches'],
        ['history'],
        ['remotes'],
        ['workingTree'],
        ['hostedRepositories', 'recentlyCloned'],
        ['terminalGit'],
        ['trust'],
        ['clonePlan', 'needs'],
      ];
    case 'repository.changed':
      return [['repositories', 'overview'], ['branches'], ['history'], ['remotes'], ['workingTree']];
    case 'remotes.changed':
      return [['remotes', 'state']];
    case 'bindings.changed':
      return [['bindings'], ['repositories', 'overview'], ['repositories', 'inspectRemote']];
    case 'hosted-repositories.changed':
      return [
        ['hostedRepositories', 'favourites'],
        ['hostedRepositories', 'recentlyCloned'],
      ];
    case 'preferences.changed':
      return [
        ['preferences', 'get'],
        ['signInApps'],
        ['application', 'info'],
        ['application', 'programs'],
        ['bindings'],
        ['terminalGit'],
      ];
    case 'trust.changed':
      // Another engine may read it now.
      return [['trust'], ['repositories', 'overview'], ['branches'], ['history']];
    case 'network.changed':
      return [['network', 'get']];
    case 'secret-store.changed':
      return [
        ['preferences', 'secretStore'],
        ['accounts', 'list'],
        // Only an open store can tell which passwords it has.
        ['savedCredentials', 'list'],
      ];
    case 'saved-credentials.changed':
      return [['savedCredentials']];
    case 'terminal-git.changed':
      return [['terminalGit'], ['bindings', 'httpPaths']];
    case 'ssh.changed':
      return [['ssh']];
    case 'prompts.asked':
    case 'prompts.withdrawn':
      return [['prompts', 'open']];
    case 'notices.changed':
      return [['application', 'notices']];
    case 'command':
      return [];
    default:
      return event satisfies never;
  }
}
