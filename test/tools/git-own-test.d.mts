/** One test of git's script. */
export interface GitOwnTest {
  name: string;
  passed: boolean;
}

export interface GitOwnResult {
  /** Why it was not run, one sentence; null: it was. */
  skipped: string | null;
  tests: GitOwnTest[];
  exitCode: number | null;
  /** All that was said. */
  output: string;
}

/** Fewer tests than this mean that something else ran. */
export const leastTests: number;

/** Runs git's t0303-credential-external.sh against the built helper and an agent without an app. */
export function runGitOwnTest(): Promise<GitOwnResult>;
