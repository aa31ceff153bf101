/** Something in a repository by which git runs a program, connects elsewhere or reads and writes elsewhere. */
export interface Finding {
  /** As git names it, section and key in lower case: `core.fsmonitor`, `filter.lfs.clean`, `hooks/pre-commit`. */
  key: string;
  value: string;
}

/**
 * What may run in a folder. `plain`: nothing was found that names a program.
 * `untrusted`: something was, and the user has not said yes. `trusted`: the
 * user has, for exactly this folder.
 */
export interface TrustState {
  state: 'plain' | 'untrusted' | 'trusted';
  findings: readonly Finding[];
}

export type TrustOf = (directory: string) => Promise<TrustState>;
