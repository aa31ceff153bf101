export interface PullRequestsViewProps {
  repositoryId?: string;
}

export function PullRequestsView(_props: PullRequestsViewProps) {
  return <h1>Pull requests</h1>;
}
