import type { Installation } from '../../../shared/contract/installations';
import type { AppError } from '../../../shared/errors';

/** One page of the state's installations, as the core gives it. */
export function installationsOf(
  { installations }: { installations: Installation[][] | AppError },
  page: number,
  failure: (error: AppError) => Error,
): { items: Installation[]; next: number | null } {
  if (!Array.isArray(installations)) throw failure(installations);
  return { items: installations[page - 1] ?? [], next: page < installations.length ? page + 1 : null };
}
