import type { Clock } from '../../electron/credentials/clock';

/** Time that stands still until the test moves it. */
export interface HandClock extends Clock {
  /** Moves on, calling back what falls due on the way in its order. */
  pass(milliseconds: number): Promise<void>;
  set(time: number): void;
}

export function handClock(start = Date.now()): HandClock {
  let time = start;
  let waiting: { at: number; run: () => void }[] = [];
  /** Lets what was started go on as far as it can without time. */
  const settle = async () => {
    for (let turn = 0; turn < 20; turn += 1) await new Promise((resolve) => setImmediate(resolve));
  };
  return {
    now: () => time,
    random: () => 0.5,
    after(milliseconds, run) {
      const entry = { at: time + milliseconds, run };
      waiting.push(entry);
      return () => {
        waiting = waiting.filter((other) => other !== entry);
      };
    },
    set(next) {
      time = next;
    },
    async pass(milliseconds) {
      const until = time + milliseconds;
      for (;;) {
        const next = waiting.filter(({ at }) => at <= until).sort((a, b) => a.at - b.at)[0];
        if (!next) break;
        waiting = waiting.filter((other) => other !== next);
        time = Math.max(time, next.at);
        next.run();
        await settle();
      }
      time = until;
      await settle();
    },
  };
}
