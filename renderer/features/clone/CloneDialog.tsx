import type { HostedRepository } from '../../../shared/contract/hosted-repositories';
import type { Repository } from '../../../shared/contract/repositories';

export interface CloneDialogProps {
  opened: boolean;
  onClose: () => void;
  initial?: { url?: string; hosted?: HostedRepository };
  onCloned: (repository: Repository) => void;
}

export function CloneDialog(_props: CloneDialogProps) {
  return null;
}
