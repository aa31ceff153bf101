import { writeState } from './under-way';
import type { Workplace } from './workplace';

/** Where HEAD was before a command moved it far, gitrevisions(7). */
export function writeOrigHead({ gitdir }: Workplace, oid: string): void {
  writeState(gitdir, 'ORIG_HEAD', `${oid}\n`);
}
