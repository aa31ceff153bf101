import type { RepositoryTrust, TrustFinding } from '../../../shared/contract/trust';
import { visibleText } from '../../components/visible-text';

/** What the banner begins with: whose it is goes before what it names. */
export function headline({ findings, total }: RepositoryTrust): string {
  const owner = findings.find(({ kind }) => kind === 'owner');
  if (owner) return `This folder belongs to another user: ${visibleText(owner.value)}`;
  if (findings.some(({ kind }) => kind === 'program'))
    return total === 1
      ? 'This repository names a program that Git would run'
      : 'This repository names programs that Git would run';
  if (findings.some(({ kind }) => kind === 'connection'))
    return 'This repository changes how Git connects to servers';
  if (findings.some(({ kind }) => kind === 'unreadable'))
    return 'Part of this repository’s settings cannot be read';
  return 'This repository makes Git look into other folders';
}

/** `.git/config, line 12` */
export function placeOf({ file, line }: TrustFinding): string {
  return line === null ? visibleText(file) : `${visibleText(file)}, line ${line}`;
}
