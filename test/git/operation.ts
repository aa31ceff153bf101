import { existsSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import { build } from 'vite';
import type { CredentialRequest, OperationCredentials } from '../../electron/credentials/broker';
import type { GitCredential } from '../../electron/providers/provider';

/** Stand-in for the broker: gives what it was made with, in order, and records what happened. */
export interface RecordedCredentials extends OperationCredentials {
  readonly asked: CredentialRequest[];
  readonly events: ('approve' | 'reject')[];
}

export function recordedCredentials(origin: string, answers: GitCredential[] = []): RecordedCredentials {
  const asked: CredentialRequest[] = [];
  const events: ('approve' | 'reject')[] = [];
  let at = 0;
  let refused = false;
  return {
    asked,
    events,
    async fill(request) {
      asked.push(request);
      if (request.origin !== origin) return null;
      const answer = answers[at] ?? null;
      return request.preemptive && answer?.kind !== 'header' ? null : answer;
    },
    async approve() {
      refused = false;
      events.push('approve');
    },
    async reject() {
      refused = true;
      events.push('reject');
      at += 1;
    },
    get refused() {
      return refused;
    },
  };
}

/** The helper as it ships: bundled from its source. */
export async function builtHelper(directory: string) {
  const file = path.join(directory, 'git-credential-polyforge.cjs');
  if (!existsSync(file)) {
    mkdirSync(directory, { recursive: true });
    const input = path.resolve(import.meta.dirname, '../../electron/credentials/helper.ts');
    await build({
      configFile: false,
      logLevel: 'silent',
      build: {
        ssr: input,
        outDir: directory,
        emptyOutDir: false,
        rolldownOptions: {
          output: { format: 'cjs', entryFileNames: 'git-credential-polyforge.cjs', codeSplitting: false },
        },
      },
    });
  }
  return { program: process.execPath, args: [file], env: {} };
}
