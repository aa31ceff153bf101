import { watch } from 'node:fs';
import { callAgent } from './agent-call';
import { readAgentFile } from './agent-file';
import { type Holder, type LockResult, takeLock } from './lock';

/** Milliseconds a core without a window may take to end. */
const patience = 10_000;
/** Milliseconds between looks where the file system reports no change. */
const pause = 200;

/** Asks the core without a window to end. `absent`: it does not listen (yet, or any more). */
function askToEnd(directory: string): Promise<'yes' | 'no' | 'absent'> {
  return new Promise((resolve) => {
    callAgent(readAgentFile(directory) ?? { address: null, token: null }, ['end'], (answer) => {
      if ('answer' in answer) resolve(answer.answer === 'yes' ? 'yes' : 'no');
      // One that ends may do so before its answer is out.
      else resolve(answer.none === 'broken' ? 'yes' : 'absent');
    });
  });
}

/**
 * Takes the lock of a data directory. A core without a window that holds it
 * ends for a start with one: it has nobody to ask, and what it is answering
 * right now it answers first. `gone` as for takeLock.
 */
export async function takeLockFromAgent(
  directory: string,
  shell: Holder['shell'],
  gone?: Holder,
): Promise<LockResult> {
  let taken = takeLock(directory, shell, gone);
  if (taken.held || !taken.by.agent) return taken;
  const until = Date.now() + patience;
  let isEnding = false;
  while (!taken.held && taken.by.agent && Date.now() < until) {
    if (!isEnding) {
      const answer = await askToEnd(directory);
      if (answer === 'no') return taken;
      isEnding = answer === 'yes';
    }
    await change(directory);
    taken = takeLock(directory, shell, gone);
  }
  return taken;
}

function change(directory: string): Promise<void> {
  return new Promise((resolve) => {
    const watcher = watch(directory, () => end());
    watcher.on('error', () => undefined);
    const timer = setTimeout(() => end(), pause);
    const end = () => {
      watcher.close();
      clearTimeout(timer);
      resolve();
    };
  });
}
