import { useCallback, useState } from 'react';
import { RepositoryView } from './features/history/RepositoryView';
import { RemoteBar } from './features/remotes/RemoteBar';
import { TrustBanner } from './features/trust/TrustBanner';
import { ChangesPane } from './features/working-tree/ChangesPane';

export interface RepositoryPlaceProps {
  repositoryId: string;
  onClose: () => void;
  onOpenPullRequests: (repositoryId: string) => void;
}

/** Joins what there is to see and do in one repository on this machine. */
export function RepositoryPlace(props: RepositoryPlaceProps) {
  const { repositoryId } = props;
  const [isChanges, setChanges] = useState(false);
  const showChanges = useCallback(() => setChanges(true), []);
  return (
    <RepositoryView
      {...props}
      trust={<TrustBanner repositoryId={repositoryId} />}
      remotes={<RemoteBar repositoryId={repositoryId} onShowChanges={showChanges} />}
      changes={isChanges ? <ChangesPane repositoryId={repositoryId} /> : null}
      onChanges={setChanges}
    />
  );
}
