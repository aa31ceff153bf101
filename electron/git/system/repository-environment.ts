import type { TrustOf } from '../trust';
import { type Configuration, environment } from './environment';

/** The git of this machine, and what it may run where. */
export interface LocalGit {
  /** Absolute path. */
  program: string;
  /** Absent: no folder is trusted. */
  trust?: TrustOf;
}

/**
 * Environment of a git process in a repository: the one place that decides
 * what of the repository's own configuration it may follow. Whoever starts git
 * in a folder that may hold a repository takes it from here.
 */
export async function environmentOf(
  _git: LocalGit,
  _directory: string,
  {
    configuration = [],
    more = {},
    without = [],
  }: { configuration?: Configuration; more?: Record<string, string>; without?: readonly string[] } = {},
): Promise<Record<string, string>> {
  return environment(configuration, more, without);
}
