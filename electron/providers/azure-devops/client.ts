import type { ClientApiBase } from 'azure-devops-node-api/ClientApiBases';
import { GitApi } from 'azure-devops-node-api/GitApi.js';
import { PolicyApi } from 'azure-devops-node-api/PolicyApi.js';
import { z } from 'zod';
import { AppFailure, fail } from '../../../shared/errors';
import { readJson } from '../http';
import type { Session } from '../provider';
import { baseOf } from './address';
import { locationsOf } from './resource-locations';

export function expectedOf(session: Session): string {
  return session.account.kind === 'azure-devops-services' ? 'Azure DevOps Services' : 'Azure DevOps Server';
}

/** Newest released version every supported server has: Server 2022 answers up to 7.0, 2022.1 up to 7.1. */
export function versionOf(session: Session): string {
  return session.account.kind === 'azure-devops-services' ? '7.1' : '7.0';
}

/**
 * azure-devops-node-api with its transport replaced: the one fetch adds the
 * token, keeps to the account's origins, ends with the session's signal and
 * turns refusals into failures. Left alone the package would answer null for a
 * sign-in page or a 404, could not be stopped, and would ask the server where
 * its resources are; the addresses a badly configured server names there lead
 * elsewhere, so its documented ones are used.
 */
function overSession<Api extends ClientApiBase>(session: Session, api: Api, area: string): Api {
  Object.assign(api.rest, {
    options: () =>
      Promise.resolve({
        statusCode: 200,
        headers: {},
        result: { value: locationsOf(area, versionOf(session)) },
      }),
    get: async (address: string, options?: { acceptHeader?: string }) => {
      const url = new URL(address);
      // The package puts the version into Accept; the description wants it in the query.
      const version = /api-version=([\w.-]+)/.exec(options?.acceptHeader ?? '')?.[1];
      if (version) url.searchParams.set('api-version', version);
      const answer = await session.fetch(url.href, { headers: { Accept: 'application/json' } });
      const result = await readJson(answer, z.unknown(), expectedOf(session));
      return { statusCode: answer.status, headers: {}, result };
    },
  });
  return api;
}

export function gitApi(session: Session, organization?: string): GitApi {
  return overSession(session, new GitApi(baseOf(session.account, organization), []), 'git');
}

export function policyApi(session: Session, organization?: string): PolicyApi {
  return overSession(session, new PolicyApi(baseOf(session.account, organization), []), 'policy');
}

/** What the package read, checked: it promises shapes that it does not look at. */
export async function checked<T>(session: Session, work: Promise<unknown>, schema: z.ZodType<T>): Promise<T> {
  const { host } = new URL(session.account.url);
  let value: unknown;
  try {
    value = await work;
  } catch (error) {
    if (error instanceof AppFailure) throw error;
    // Its date reader throws on Node 20 where a date is none.
    return fail({ kind: 'unexpected-answer', host, detail: 'the answer has an unknown shape' }, error);
  }
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const where = issue?.path.length ? `"${issue.path.join('.').slice(0, 100)}": ` : '';
  return fail(
    { kind: 'unexpected-answer', host, detail: `${where}${issue?.message ?? 'unknown shape'}`.slice(0, 300) },
    parsed.error,
  );
}

/** A resource the package does not know, read with the same rules. */
export async function get<T>(session: Session, address: string, schema: z.ZodType<T>): Promise<T> {
  const answer = await session.fetch(address, { headers: { Accept: 'application/json' } });
  return await readJson(answer, schema, expectedOf(session));
}
