/** Two texts as numbers of their lines. `changed` has a cell for each line, and one that is never set before and behind them. */
export interface Texts {
  a: Int32Array;
  b: Int32Array;
  changedA: Uint8Array;
  changedB: Uint8Array;
}

/** As many lines removed and added are looked through for the fewest, even between small texts. */
const leastCost = 256;

/**
 * Marks the fewest lines that make one part of a text the other: Myers, "An
 * O(ND) Difference Algorithm", in linear space. Between texts that have little
 * in common the search is cut, as git cuts it: they are divided at the place
 * it came farthest to, and what is marked may be more than the fewest.
 */
export function markShortest(texts: Texts, a0: number, a1: number, b0: number, b1: number): void {
  const { a, b, changedA, changedB } = texts;
  let [fromA, endA, fromB, endB] = [a0, a1, b0, b1];
  while (fromA < endA && fromB < endB && a[fromA] === b[fromB]) {
    fromA += 1;
    fromB += 1;
  }
  while (fromA < endA && fromB < endB && a[endA - 1] === b[endB - 1]) {
    endA -= 1;
    endB -= 1;
  }
  // What the other side does not have at all is changed, and need not be searched for.
  const rowsA = rowsAlsoIn(a, fromA, endA, new Set(b.subarray(fromB, endB)), changedA);
  const rowsB = rowsAlsoIn(b, fromB, endB, new Set(a.subarray(fromA, endA)), changedB);
  search(
    rowsA.map((row) => a[row] ?? 0),
    rowsB.map((row) => b[row] ?? 0),
    (row) => {
      changedA[(rowsA[row] ?? 0) + 1] = 1;
    },
    (row) => {
      changedB[(rowsB[row] ?? 0) + 1] = 1;
    },
  );
}

function rowsAlsoIn(
  ids: Int32Array,
  from: number,
  end: number,
  other: ReadonlySet<number>,
  changed: Uint8Array,
): Int32Array {
  const rows = new Int32Array(end - from);
  let count = 0;
  for (let at = from; at < end; at += 1)
    if (other.has(ids[at] ?? -1)) {
      rows[count] = at;
      count += 1;
    } else changed[at + 1] = 1;
  return rows.slice(0, count);
}

interface Box {
  x0: number;
  x1: number;
  y0: number;
  y1: number;
  /** The search is not cut: a path through it is known to be short. */
  isShort: boolean;
}

function search(
  a: Int32Array,
  b: Int32Array,
  gone: (row: number) => void,
  added: (row: number) => void,
): void {
  const size = a.length + b.length + 3;
  const ahead = new Int32Array(size);
  const back = new Int32Array(size);
  const most = Math.max(leastCost, 2 ** Math.ceil(Math.log2(size) / 2));
  const open: Box[] = [{ x0: 0, x1: a.length, y0: 0, y1: b.length, isShort: false }];
  for (let box = open.pop(); box; box = open.pop()) {
    while (box.x0 < box.x1 && box.y0 < box.y1 && a[box.x0] === b[box.y0]) {
      box.x0 += 1;
      box.y0 += 1;
    }
    while (box.x0 < box.x1 && box.y0 < box.y1 && a[box.x1 - 1] === b[box.y1 - 1]) {
      box.x1 -= 1;
      box.y1 -= 1;
    }
    const { x0, x1, y0, y1 } = box;
    if (x0 === x1) for (let row = y0; row < y1; row += 1) added(row);
    else if (y0 === y1) for (let row = x0; row < x1; row += 1) gone(row);
    else {
      const { x, y, from, to } = meeting(box);
      open.push({ x0: x, x1, y0: y, y1, isShort: to }, { x0, x1: x, y0, y1: y, isShort: from });
    }
  }

  /**
   * Where shortest paths from both corners meet, or the place one of them came
   * farthest to, and of which parts before and behind it a short path is known.
   * Diagonals have cells from `-m` on, and one that is out of bounds at each end.
   */
  function meeting({ x0, x1, y0, y1, isShort }: Box): { x: number; y: number; from: boolean; to: boolean } {
    const n = x1 - x0;
    const m = y1 - y0;
    const delta = n - m;
    const isOdd = (delta & 1) !== 0;
    const zero = m + 1;
    const step = (cells: Int32Array, k: number) => {
      const right = cells[zero + k - 1] ?? 0;
      const down = cells[zero + k + 1] ?? 0;
      return right >= down ? right + 1 : down;
    };
    for (let d = 0; ; d += 1) {
      // Beyond the sides of the box there is nothing to find.
      const low = d <= m ? -d : d - 2 * m;
      const high = d <= n ? d : 2 * n - d;
      for (const cells of [ahead, back]) {
        if (d <= m) cells[zero + low - 1] = -1;
        if (d <= n) cells[zero + high + 1] = -1;
      }
      const wasLow = d <= m + 1 ? 1 - d : d - 1 - 2 * m;
      const wasHigh = d <= n + 1 ? d - 1 : 2 * n - d + 1;
      for (let k = high; k >= low; k -= 2) {
        let x = d === 0 ? 0 : step(ahead, k);
        while (x < n && x - k < m && a[x0 + x] === b[y0 + x - k]) x += 1;
        ahead[zero + k] = x;
        const other = delta - k;
        if (isOdd && other >= wasLow && other <= wasHigh && x + (back[zero + other] ?? 0) >= n)
          return { x: x0 + x, y: y0 + x - k, from: true, to: true };
      }
      for (let k = low; k <= high; k += 2) {
        let x = d === 0 ? 0 : step(back, k);
        while (x < n && x - k < m && a[x1 - 1 - x] === b[y1 - 1 - (x - k)]) x += 1;
        back[zero + k] = x;
        const other = delta - k;
        if (!isOdd && other >= low && other <= high && x + (ahead[zero + other] ?? 0) >= n)
          return { x: x1 - x, y: y1 - (x - k), from: true, to: true };
      }
      if (isShort || d < most) continue;
      const one = farthest(ahead, low, high, n, m);
      const two = farthest(back, low, high, n, m);
      return one.x + one.y > two.x + two.y
        ? { x: x0 + one.x, y: y0 + one.y, from: true, to: false }
        : { x: x1 - two.x, y: y1 - two.y, from: false, to: true };
    }

    function farthest(cells: Int32Array, low: number, high: number, width: number, height: number) {
      let best = { x: 0, y: 0 };
      for (let k = high; k >= low; k -= 2) {
        const x = Math.min(cells[zero + k] ?? 0, width, height + k);
        if (2 * x - k > best.x + best.y) best = { x, y: x - k };
      }
      return best;
    }
  }
}
