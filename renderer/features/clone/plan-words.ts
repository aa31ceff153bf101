import type { ClonePlan, CloneSurvey } from '../../../shared/contract/clone-plan';

const units = ['bytes', 'kB', 'MB', 'GB', 'TB'];

/** `310 MB`, `4.1 GB`: as people say it, in steps of a thousand. */
export function sizeWords(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${unit >= 3 && value < 10 ? value.toFixed(1) : Math.round(value)} ${units[unit]}`;
}

/** A rough time: nobody knows it better before. */
export function timeWords(seconds: number): string {
  if (seconds < 20) return 'some seconds';
  if (seconds < 90) return 'about a minute';
  if (seconds < 10 * 60) return 'some minutes';
  if (seconds < 50 * 60) return `about ${Math.round(seconds / 600) * 10} minutes`;
  return seconds < 100 * 60 ? 'about an hour' : 'hours';
}

/** Whether a plan brings less than everything a server holds of a repository. */
export function bringsLess(plan: ClonePlan): boolean {
  return plan.depth !== null || plan.singleBranch || plan.filter !== null;
}

/** What a clone would bring and how long it may take; `listed`: the size the list of repositories tells. */
export function estimateWords(
  survey: CloneSurvey | undefined,
  plan: ClonePlan,
  listed: number | null,
): string {
  const size = survey?.sizeBytes ?? listed;
  if (size === null || size <= 0)
    return survey === undefined || survey.asked
      ? 'How large it is cannot be told before.'
      : 'How large it is can be told before only with an account for this address.';
  const rate = survey?.bytesPerSecond ?? null;
  const time = rate === null ? '' : timeWords(size / rate);
  if (!bringsLess(plan)) return `About ${sizeWords(size)}${time === '' ? '' : `, ${time}`}.`;
  return `Less than ${sizeWords(size)}${time === '' ? '' : `, at most ${time}`}.`;
}

/** More than this is worth a question whether everything is needed. */
const large = 1_000_000_000;

/** Asked of those who are about to fetch a lot; null: nothing to ask. */
export function suggestionWords(
  survey: CloneSurvey | undefined,
  plan: ClonePlan,
  listed: number | null,
): string | null {
  const size = survey?.sizeBytes ?? listed;
  if (size === null || size < large || bringsLess(plan)) return null;
  return `This repository is ${sizeWords(size)}. Clone it without old contents? They come when they are needed.`;
}

/** The choices in one line, for the closed part of the dialog. */
export function planWords(plan: ClonePlan): string {
  const parts = [
    plan.depth !== null
      ? `the last ${plan.depth === 1 ? 'commit' : `${plan.depth.toLocaleString()} commits`}`
      : plan.singleBranch
        ? 'one branch'
        : null,
    plan.filter === null
      ? null
      : plan.filter.kind === 'blobs'
        ? 'old contents when needed'
        : `files above ${sizeWords(plan.filter.bytes)} when needed`,
    plan.sparse === null ? null : `${plan.sparse.length} ${plan.sparse.length === 1 ? 'folder' : 'folders'}`,
    plan.submodules === null ? null : 'submodules',
    plan.lfs ? 'large files' : null,
  ].filter((part) => part !== null);
  if (parts.length === 0) return 'Everything';
  const text = parts.join(', ');
  return text.charAt(0).toUpperCase() + text.slice(1);
}
