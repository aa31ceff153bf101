/** Time, so that tests need not wait for it. */
export interface Clock {
  /** Epoch milliseconds. */
  now(): number;
  /** Calls back once after so many milliseconds, unless the returned function is called before. Keeps no process alive. */
  after(milliseconds: number, run: () => void): () => void;
  /** At least 0, below 1. */
  random(): number;
}

export const machineClock: Clock = {
  now: () => Date.now(),
  after(milliseconds, run) {
    const timer = setTimeout(run, milliseconds);
    timer.unref();
    return () => clearTimeout(timer);
  },
  random: () => Math.random(),
};
