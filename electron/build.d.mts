import type { SpawnOptions } from 'node:child_process';

/** The project's folder. */
export const root: string;
/** Where the bundles are. */
export const dist: string;
/** A child that ends with us; resolves its exit code, 1 if it could not start or was killed. */
export function run(program: string, args: string[], settings?: SpawnOptions): Promise<number>;
export function buildState(): 'never' | 'stale' | 'fresh';
/** Builds unless fresh. False: the build failed and said why. */
export function ensureBuilt(say?: (line: string) => void): Promise<boolean>;
