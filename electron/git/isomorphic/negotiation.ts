import { createDateQueue, type History } from './commit-links';

/** Which of our commits to name to a server, one after the other. */
export interface Negotiator {
  /** Null: there is nothing more to say. */
  next(): string | null;
  /** The server has it. True: that was not known. */
  common(oid: string): boolean;
}

interface State {
  isCommon: boolean;
  popped: boolean;
  /** How many commits are passed over from the last one named, and how many of those are left. */
  stride: number;
  left: number;
}

/**
 * git's skipping negotiator (negotiator/skipping.c): the further from the tips,
 * the fewer commits are named, so that a long history of which the server
 * knows nothing is walked in few rounds. `shared`: the server told that it has these.
 */
export function createNegotiator(
  history: History,
  tips: readonly string[],
  shared: readonly string[],
): Negotiator {
  const states = new Map<string, State>();
  const advertised = new Set(shared);
  /** Unlike git, refs are passed over never: our view of the server mostly lies behind commits of ours. */
  const named = new Set(tips);
  const queue = createDateQueue();
  let open = 0;

  function push(oid: string): State {
    const state = { isCommon: false, popped: false, stride: 0, left: 0 };
    states.set(oid, state);
    queue.push(oid, history.links(oid)?.date ?? 0);
    open += 1;
    return state;
  }

  function markCommon(oid: string): void {
    const stack = [oid];
    for (let one = stack.pop(); one !== undefined; one = stack.pop()) {
      const state = states.get(one);
      if (!state || state.isCommon) continue;
      state.isCommon = true;
      if (!state.popped) open -= 1;
      // What was never read has no parents in the queue.
      if (state.popped) stack.push(...(history.links(one)?.parents ?? []));
    }
  }

  /** False: it has had its turn already. */
  function pushParent(oid: string, child: string, state: State): boolean {
    const known = states.get(oid);
    if (known?.popped) return false;
    if (history.links(oid) === null) return false;
    const parent = known ?? push(oid);
    if (state.isCommon || advertised.has(child)) markCommon(oid);
    else if (!named.has(oid)) {
      const stride = state.left > 0 ? state.stride : Math.floor((state.stride * 3) / 2) + 1;
      const left = state.left > 0 ? state.left - 1 : stride;
      if (parent.stride < stride) {
        parent.stride = stride;
        parent.left = left;
      }
    }
    return true;
  }

  for (const tip of new Set([...shared, ...tips]))
    if (!states.has(tip) && history.links(tip) !== null) push(tip);

  return {
    next() {
      for (;;) {
        const oid = open > 0 ? queue.pop() : null;
        const state = oid === null ? undefined : states.get(oid);
        if (oid === null || !state) return null;
        state.popped = true;
        if (!state.isCommon) open -= 1;
        const { isCommon, left } = state;
        let pushed = false;
        for (const parent of history.links(oid)?.parents ?? [])
          pushed = pushParent(parent, oid, state) || pushed;
        // Without a parent that could speak for it, it speaks for itself.
        if (!isCommon && (left === 0 || !pushed)) return oid;
      }
    },
    common(oid) {
      const isNew = states.get(oid)?.isCommon === false;
      markCommon(oid);
      return isNew;
    },
  };
}

/** Haves of the first request; each later one has twice as many. */
const first = 16;
const mostAtOnce = 4096;
/** Of these without a new common one, git gives up looking. */
const inVain = 256;
/** Of all of them; a server that never knows any is not asked for ever. */
const mostHaves = 20_000;

/**
 * Speaks with a server until it sends a pack. `ask` sends what is common and
 * what is new of our commits, and tells what the server knows of them; with
 * `done` a pack comes in any case.
 */
export async function negotiate(
  negotiator: Negotiator,
  /** More than one round is worth it: the server tells what it has. */
  inRounds: boolean,
  ask: (
    haves: readonly string[],
    done: boolean,
  ) => Promise<{ common: readonly string[]; ready: boolean; pack: string | null }>,
): Promise<void> {
  const known = new Set<string>();
  let count = first;
  let total = 0;
  let vain = 0;
  let ready = false;
  for (;;) {
    const haves: string[] = [];
    const room = ready ? 0 : inRounds ? count : inVain;
    while (haves.length < room) {
      const oid = negotiator.next();
      if (oid === null) break;
      haves.push(oid);
    }
    total += haves.length;
    vain += haves.length;
    const done =
      ready || !inRounds || haves.length === 0 || (known.size > 0 && vain >= inVain) || total >= mostHaves;
    const answer = await ask([...known, ...haves.filter((oid) => !known.has(oid))], done);
    if (answer.pack !== null) return;
    for (const oid of answer.common) {
      if (negotiator.common(oid)) vain = 0;
      known.add(oid);
    }
    ready = answer.ready;
    count = Math.min(count * 2, mostAtOnce);
  }
}
