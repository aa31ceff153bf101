export interface RepositoryViewProps {
  repositoryId: string;
  onClose: () => void;
  onOpenPullRequests: (repositoryId: string) => void;
}

export function RepositoryView(_props: RepositoryViewProps) {
  return <h1>Repository</h1>;
}
