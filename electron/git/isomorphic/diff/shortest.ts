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
  const rowsA = rowsToSearch(a, fromA, endA, oftenIn(b, b0, b1, a1 - a0), changedA);
  const rowsB = rowsToSearch(b, fromB, endB, oftenIn(a, a0, a1, b1 - b0), changedB);
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

/** How often a line is in the other text: not at all, sometimes, or so often that it tells little. */
const Often = { never: 0, sometimes: 1, often: 2 } as const;

/** So many lines are looked at on each side of one that tells little. */
const nearby = 100;
/** However long a text is, a line that is so often in the other one tells little. */
const mostOften = 1024;

function oftenIn(ids: Int32Array, from: number, end: number, lines: number): (id: number) => number {
  const counts = new Map<number, number>();
  for (let at = from; at < end; at += 1) {
    const id = ids[at] ?? -1;
    counts.set(id, (counts.get(id) ?? 0) + 1);
  }
  const often = Math.min(rootOf(lines), mostOften);
  return (id) => {
    const count = counts.get(id) ?? 0;
    return count === 0 ? Often.never : count >= often ? Often.often : Often.sometimes;
  };
}

/** The square root, up to the next power of two, as git takes it. */
function rootOf(count: number): number {
  let root = 1;
  for (let left = count; left > 0; left = Math.floor(left / 4)) root *= 2;
  return root;
}

/**
 * Lines the other side has. The rest is changed, and so is what it has so often
 * that it tells little, among lines it does not have: git searches no more.
 */
function rowsToSearch(
  ids: Int32Array,
  from: number,
  end: number,
  howOften: (id: number) => number,
  changed: Uint8Array,
): Int32Array {
  const often = Uint8Array.from(ids.subarray(from, end), howOften);
  /** What stands beside a line in one direction, up to the next that tells something. */
  const beside = (row: number, step: 1 | -1) => {
    let never = 0;
    let many = 0;
    for (let far = 1; far <= nearby; far += 1) {
      const what = often[row + far * step];
      if (what === Often.never) never += 1;
      else if (what === Often.often) many += 1;
      else break;
    }
    return { never, many };
  };
  const tellsLittle = (row: number) => {
    const before = beside(row, -1);
    if (before.never === 0) return false;
    const behind = beside(row, 1);
    if (behind.never === 0) return false;
    const many = before.many + behind.many + 2;
    return many * 4 < many + before.never + behind.never;
  };
  const rows = new Int32Array(end - from);
  let count = 0;
  for (let row = 0; row < often.length; row += 1)
    if (often[row] === Often.sometimes || (often[row] === Often.often && !tellsLittle(row))) {
      rows[count] = from + row;
      count += 1;
    } else changed[from + row + 1] = 1;
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
  const most = Math.max(leastCost, rootOf(size));
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
