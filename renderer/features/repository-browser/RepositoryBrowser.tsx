import type { HostedRepository } from '../../../shared/contract/hosted-repositories';

export interface RepositoryBrowserProps {
  onClone: (hosted: HostedRepository) => void;
  onOpenPullRequests: () => void;
}

export function RepositoryBrowser(_props: RepositoryBrowserProps) {
  return <h1>Hosted repositories</h1>;
}
