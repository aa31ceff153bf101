import { connectionRules } from './connection-keys';
import { programRules } from './program-keys';
import type { Rule } from './rule';

const rules: Readonly<Record<string, Rule>> = { ...programRules, ...connectionRules };
const isShell = (value: string | null) => value?.trimStart().startsWith('!') === true;

/** Takes a name apart as git does: the section ends at the first dot, the key starts behind the last one. */
export function partsOf(name: string): { section: string; subsection: string | null; key: string } {
  const first = name.indexOf('.');
  const last = name.lastIndexOf('.');
  return {
    section: name.slice(0, Math.max(first, 0)),
    subsection: first === last ? null : name.slice(first + 1, last),
    key: name.slice(last + 1),
  };
}

/** The rule for an entry; null: it makes git do nothing of the kind. */
export function ruleOf(name: string, value: string | null): Rule | null {
  const { section, subsection, key } = partsOf(name);
  // git-lfs names things below `lfs.extension` and `lfs.customtransfer`.
  const group = section === 'lfs' ? /^(extension|customtransfer)\./i.exec(subsection ?? '')?.[1] : undefined;
  const names =
    subsection === null
      ? [`${section}.${key}`, ...(section === 'pager' || section === 'alias' ? [`${section}.*`] : [])]
      : [
          ...(group === undefined ? [] : [`lfs.${group.toLowerCase()}.*.${key}`]),
          `${section}.${subsection}.${key}`,
          `${section}.*.${key}`,
        ];
  for (const each of names) {
    const rule = Object.hasOwn(rules, each) ? rules[each] : undefined;
    if (!rule) continue;
    if (section === 'alias' && !isShell(value)) return null;
    return rule.counts && !rule.counts(value) ? null : rule;
  }
  return null;
}

/**
 * What git is told so that an entry has no effect; null: nothing does that.
 * Names of bytes that are no UTF-8 cannot be told.
 */
export function switchedOff(
  name: string,
  rule: Pick<Rule, 'off'>,
): readonly (readonly [key: string, value: string])[] | null {
  if (rule.off === null) return null;
  const { subsection } = partsOf(name);
  const bytes = Buffer.from(subsection ?? '', 'latin1');
  const text = bytes.toString('utf8');
  if (!Buffer.from(text, 'utf8').equals(bytes)) return null;
  return (rule.off ?? []).flatMap(([key, value]) => {
    if (!key.includes('%')) return [[key, value] as const];
    return subsection === null ? [] : [[key.replace('%', () => text), value] as const];
  });
}
