import { copyFileSync, existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import path from 'node:path';
import { fail } from '../../../shared/errors';
import { onDisk } from './disk-path';
import { appendReflog, noOid } from './reflog';
import type { RefFiles } from './refs-files';
import { changeRefs, type RefLogging, setHead } from './refs-transaction';

/**
 * Renames a ref with its reflog. The new one is there before the old one goes,
 * except where one name lies in the other; HEAD follows in between.
 */
export function renameRef(
  refs: RefFiles,
  from: string,
  to: string,
  isHead: boolean,
  logging: RefLogging,
): void {
  const { gitdir } = refs;
  const oid = refs.resolve(from).oid;
  if (oid === null)
    return fail({ kind: 'repository-damaged', path: gitdir, detail: `The ref ${from} cannot be read.` });
  const oldLog = onDisk(gitdir, `logs/${from}`);
  const newLog = onDisk(gitdir, `logs/${to}`);
  const keptLog = path.join(gitdir, 'logs', 'refs', '.tmp-renamed-log');
  const hasLog = existsSync(oldLog);
  if (hasLog) copyFileSync(oldLog, keptLog);
  const entry = { from: oid, to: oid, by: logging.by, message: logging.message };
  const quiet = { ...logging, log: 'no' as const };
  const make = () => {
    changeRefs(refs, [{ name: to, to: oid, from: null }], quiet);
    if (hasLog) {
      mkdirSync(onDisk(gitdir, path.posix.dirname(`logs/${to}`)), { recursive: true });
      renameSync(keptLog, newLog);
    }
    appendReflog(gitdir, to, entry, logging.log);
  };
  const remove = () => changeRefs(refs, [{ name: from, to: null, from: oid, itself: true }], quiet);
  const moveHead = () => {
    if (!isHead) return;
    // As git writes it: gone with the old name, there again with the new one.
    appendReflog(gitdir, 'HEAD', { ...entry, to: noOid }, logging.log);
    appendReflog(gitdir, 'HEAD', { ...entry, from: noOid }, logging.log);
    setHead(refs, { kind: 'branch', ref: to, to: null }, quiet);
  };
  try {
    const nested = from.startsWith(`${to}/`) || to.startsWith(`${from}/`);
    if (nested) {
      remove();
      make();
      moveHead();
    } else {
      make();
      moveHead();
      remove();
    }
  } finally {
    rmSync(keptLog, { force: true });
  }
}
