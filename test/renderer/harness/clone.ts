import { implement } from '@orpc/server';
import type { CloneSurvey } from '../../../shared/contract/clone-plan';
import { contract } from '../../../shared/contract/index';
import type { AppError } from '../../../shared/errors';
import { requireRemoteUrl } from '../../../shared/remote-url';
import type { CoreState } from './core';

const os = implement(contract);

/** A repository that can be cloned. */
export interface CloneState {
  accountIds: string[];
  survey: CloneSurvey;
  /** Folders by path, one level each; a failure stands until it was told once. */
  folders: Record<string, string[] | AppError>;
  engine: 'system' | 'isomorphic';
}

export function clonePlanOf(state: CoreState) {
  const failed = new Set<string>();
  return os.clonePlan.router({
    survey: os.clonePlan.survey.handler(({ input }) => {
      state.calls.push({ name: 'clonePlan.survey', input });
      return state.clone?.survey ?? nothingTold;
    }),
    folders: os.clonePlan.folders.handler(async function* ({ input, errors }) {
      const { path } = input.folder;
      const found = state.clone?.folders[path] ?? [];
      if (!Array.isArray(found) && !failed.has(path)) {
        failed.add(path);
        throw errors.APP_ERROR({ data: found });
      }
      if (Array.isArray(found)) yield found.map((each) => ({ path: each, id: each }));
      return { cut: false };
    }),
    needs: os.clonePlan.needs.handler(() => ({ submodules: [], placeholders: false })),
    // biome-ignore lint/correctness/useYield: nothing is missing
    fetchSubmodules: os.clonePlan.fetchSubmodules.handler(async function* () {}),
    // biome-ignore lint/correctness/useYield: nothing is missing
    reach: os.clonePlan.reach.handler(async function* () {}),
  });
}

const nothingTold: CloneSurvey = {
  asked: false,
  sizeBytes: null,
  bytesPerSecond: null,
  largeFiles: null,
  submodules: null,
  top: null,
  error: null,
};

/** What an address means: none is understood unless there is something to clone. */
export function inspectionOf(state: CoreState, text: string) {
  if (!state.clone)
    return {
      ok: false as const,
      error: { kind: 'address-invalid' as const, part: 'address' as const, reason: 'required' },
    };
  const url = requireRemoteUrl(text);
  return {
    ok: true as const,
    url: url.href,
    protocol: url.protocol,
    host: url.host,
    path: url.path,
    suggestedName: 'app',
    provider: null,
    accountIds: state.clone.accountIds,
    droppedCredentials: false,
  };
}
