import { describe, expect, it } from 'vitest';
import { toThreads } from '../../electron/providers/bitbucket/cloud/threads';
import { fileDiffOf, splitPatch } from '../../electron/providers/bitbucket/patch';

const hunk = '@@ -1 +1 @@\n-old\n+new\n';
const url = 'https://bitbucket.org/x';

describe('git’s unified diff, split by files', () => {
  const diff = [
    `diff --git a/a.txt b/a.txt\nindex 1..2 100644\n--- a/a.txt\n+++ b/a.txt\n${hunk}`,
    `diff --git a/old name b/new name\nsimilarity index 90%\nrename from old name\nrename to new name\n--- a/old name\t\n+++ b/new name\t\n${hunk}`,
    `diff --git a/new.txt b/new.txt\nnew file mode 100644\n--- /dev/null\n+++ b/new.txt\n@@ -0,0 +1 @@\n+x\n`,
    `diff --git a/gone.txt b/gone.txt\ndeleted file mode 100644\n--- a/gone.txt\n+++ /dev/null\n@@ -1 +0,0 @@\n-x\n`,
    'diff --git a/p q.png b/p q.png\nindex 1..2 100644\nBinary files a/p q.png and b/p q.png differ\n',
    `diff --git "a/\\303\\244.txt" "b/\\303\\244.txt"\n--- "a/\\303\\244.txt"\n+++ "b/\\303\\244.txt"\n${hunk}`,
    'diff --git a/empty b/empty\nnew file mode 100644\nindex 0..e69de29\n',
    'diff --git a/trap b/trap\n--- a/trap\n+++ b/trap\n@@ -1,2 +1,2 @@\n-Binary files x differ\n+diff --git is a word here\n',
  ].join('');

  it('names the file before and after each change', () => {
    expect(splitPatch(diff).map(({ before, after, binary }) => [before, after, binary])).toEqual([
      ['a.txt', 'a.txt', false],
      ['old name', 'new name', false],
      [null, 'new.txt', false],
      ['gone.txt', null, false],
      ['p q.png', 'p q.png', true],
      ['ä.txt', 'ä.txt', false],
      [null, 'empty', false],
      ['trap', 'trap', false],
    ]);
  });

  it('gives one file its own part and nothing of the next', () => {
    expect(fileDiffOf(diff, { path: 'new name', previousPath: 'old name' }, url)).toMatchObject({
      kind: 'patch',
      patch: expect.stringMatching(/^diff --git a\/old name b\/new name\n[^]*\+new\n$/),
    });
    expect(fileDiffOf(diff, { path: 'gone.txt', previousPath: null }, url)).toMatchObject({ kind: 'patch' });
    expect(fileDiffOf(diff, { path: 'p q.png', previousPath: null }, url)).toEqual({ kind: 'binary' });
    expect(fileDiffOf(diff, { path: 'trap', previousPath: null }, url)).toMatchObject({
      kind: 'patch',
      patch: expect.stringContaining('+diff --git is a word here'),
    });
  });

  it('links to the provider for a file that was left out or is too long to show', () => {
    expect(fileDiffOf(diff, { path: 'huge.txt', previousPath: null }, url)).toEqual({
      kind: 'too-large',
      url,
    });
    const long = `diff --git a/l b/l\n--- a/l\n+++ b/l\n@@ -1 +1 @@\n+${'x'.repeat(3_000_001)}\n`;
    expect(fileDiffOf(long, { path: 'l', previousPath: null }, url)).toEqual({ kind: 'too-large', url });
  });
});

describe('the comments of Bitbucket Cloud', () => {
  const comment = (id: number, more: object = {}) => ({
    id,
    content: { raw: `text ${id}` },
    user: { uuid: '{u}', display_name: 'U', nickname: 'u' },
    created_on: `2026-01-01T00:00:0${id}Z`,
    ...more,
  });

  it('become threads along their parents, in the order of time', () => {
    const found = toThreads([
      comment(3, { parent: { id: 2 } }),
      comment(1, { inline: { path: 'a.ts', from: 4, to: null } }),
      comment(2, { parent: { id: 1 } }),
      comment(5, { inline: { path: 'b.ts', to: 7, outdated: true }, resolution: { type: 'x' } }),
    ]);
    expect(found.map(({ comments }) => comments.map(({ id }) => id))).toEqual([['1', '2', '3'], ['5']]);
    expect(found.map(({ position, resolved }) => ({ ...position, resolved }))).toEqual([
      { path: 'a.ts', line: 4, side: 'old', outdated: false, resolved: false },
      { path: 'b.ts', line: 7, side: 'new', outdated: true, resolved: true },
    ]);
  });

  it('keep a deleted comment only as the head of its answers', () => {
    const found = toThreads([
      comment(1, { deleted: true }),
      comment(2, { parent: { id: 1 } }),
      comment(3, { deleted: true }),
      comment(4, { parent: { id: 9 } }),
    ]);
    expect(found.map(({ comments }) => comments.map(({ body }) => body))).toEqual([
      ['_This comment was deleted._', 'text 2'],
      ['text 4'],
    ]);
  });

  it('end where parents lead in a circle', () => {
    const found = toThreads([comment(1, { parent: { id: 2 } }), comment(2, { parent: { id: 1 } })]);
    expect(found.flatMap(({ comments }) => comments)).toHaveLength(2);
  });
});
