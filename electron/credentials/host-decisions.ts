/** What the user said about a second host, for the processes of git that ask the same right after. */
export interface HostDecisions {
  /** `ask` is called where nothing was said lately; whoever wants the same meanwhile waits for that answer. */
  decide(key: string, ask: () => Promise<boolean>): Promise<boolean>;
}

/**
 * Milliseconds an answer holds after it was last used. git tries a submodule
 * that failed a second time by itself, and Git LFS asks for each thing it
 * fetches: to us all of them are new. A no is short, so that a user who thinks
 * better of it is asked again.
 */
const holds = { yes: 60_000, no: 10_000 };

export function createHostDecisions(now: () => number = Date.now): HostDecisions {
  const decided = new Map<string, { isAllowed: boolean; at: number }>();
  const open = new Map<string, Promise<unknown>>();

  const isOver = ({ isAllowed, at }: { isAllowed: boolean; at: number }) =>
    now() - at > (isAllowed ? holds.yes : holds.no);

  const once = async (key: string, ask: () => Promise<boolean>): Promise<boolean> => {
    for (const [known, entry] of decided) if (isOver(entry)) decided.delete(known);
    const isAllowed = decided.get(key)?.isAllowed ?? (await ask());
    decided.set(key, { isAllowed, at: now() });
    return isAllowed;
  };

  return {
    decide(key, ask) {
      const before = open.get(key) ?? Promise.resolve();
      const mine = before.then(
        () => once(key, ask),
        () => once(key, ask),
      );
      open.set(key, mine);
      const done = () => {
        if (open.get(key) === mine) open.delete(key);
      };
      mine.then(done, done);
      return mine;
    },
  };
}
