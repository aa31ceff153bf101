import type { ApplicationInfo } from '../../shared/contract/application';
import type { Preferences } from '../../shared/contract/preferences';
import type { CloneRequest, GitEngine, Running } from './engine';

/** The engines of this machine and which one is in use. */
export interface Engines {
  /** For repositories on disk. */
  forReading(): GitEngine;
  /** For ls-remote and the like. */
  forNetwork(): GitEngine;
  /** Checks the target before any engine starts, then clones with the engine in use. */
  clone(request: CloneRequest, running: Running): Promise<void>;
  /** For the page: what was found and why this engine. */
  describe(): Pick<ApplicationInfo, 'git' | 'engine' | 'engineReason'>;
  /** Looks for git again after `engine` or `gitPath` changed. */
  reconsider(preferences: Pick<Preferences, 'engine' | 'gitPath'>): Promise<void>;
}
