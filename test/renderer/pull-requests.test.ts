import { describe, expect, it } from 'vitest';
import {
  addAnswer,
  answeredPullRequests,
  beginAnswers,
  noAnswers,
  searchPullRequests,
} from '../../renderer/features/pull-requests/listing';
import { inBlocks, limitMarkdown } from '../../renderer/features/pull-requests/markdown-limits';
import {
  conversationThreads,
  everyLine,
  placeThreads,
  shownLines,
  threadsOfFile,
} from '../../renderer/features/pull-requests/thread-placement';
import { plainWords, stateWords } from '../../renderer/features/pull-requests/words';
import type { ChangedFile, PullRequest, Thread } from '../../shared/contract/pull-requests';

function pullRequest(number: number, change: Partial<PullRequest> = {}): PullRequest {
  return {
    key: `work:${number}`,
    accountId: 'work',
    repository: { id: '1', fullName: 'tools/web-shop' },
    number,
    title: `Change ${number}`,
    author: { id: 'a', name: 'Ada Lovelace', login: 'ada' },
    source: { branch: 'feature/x', repository: null },
    target: { branch: 'main' },
    draft: false,
    state: 'open',
    providerState: 'open',
    review: null,
    checks: null,
    comments: null,
    createdAt: number,
    updatedAt: number,
    webUrl: 'https://example.com',
    mine: false,
    awaitsMyReview: false,
    ...change,
  };
}

function thread(id: string, position: Thread['position'], createdAt = 0): Thread {
  return {
    id,
    position,
    resolved: false,
    comments: [
      { id: `${id}-1`, author: { id: 'a', name: 'Ada', login: 'ada' }, body: 'x', createdAt, system: false },
    ],
  };
}

const file: ChangedFile = {
  path: 'src/new.ts',
  previousPath: 'src/old.ts',
  status: 'renamed',
  additions: 1,
  deletions: 1,
};
const at = (line: number | null, side: 'old' | 'new' = 'new', outdated = false, path = 'src/new.ts') => ({
  path,
  line,
  side,
  outdated,
});

describe('the list as accounts answer', () => {
  it('rows of all accounts stand together, latest change first', () => {
    let answers = addAnswer(noAnswers, { kind: 'items', accountId: 'work', items: [pullRequest(1)] });
    answers = addAnswer(answers, {
      kind: 'items',
      accountId: 'home',
      items: [pullRequest(5, { key: 'home:5', accountId: 'home' })],
    });
    expect(answeredPullRequests(answers).map((item) => item.key)).toEqual(['home:5', 'work:1']);
  });

  it('a refresh keeps rows on screen and drops those no longer answered', () => {
    let answers = addAnswer(noAnswers, {
      kind: 'items',
      accountId: 'work',
      items: [pullRequest(1), pullRequest(2)],
    });
    answers = beginAnswers(addAnswer(answers, { kind: 'done', accountId: 'work', partial: null }));
    expect(answeredPullRequests(answers)).toHaveLength(2);
    answers = addAnswer(answers, {
      kind: 'items',
      accountId: 'work',
      items: [pullRequest(2, { title: 'New title' })],
    });
    answers = addAnswer(answers, { kind: 'done', accountId: 'work', partial: 'Only the newest 100.' });
    expect(answeredPullRequests(answers).map((item) => item.title)).toEqual(['New title']);
    expect(answers['work']?.partial).toBe('Only the newest 100.');
  });

  it('a failing account keeps what it answered before', () => {
    let answers = addAnswer(noAnswers, { kind: 'items', accountId: 'work', items: [pullRequest(1)] });
    answers = addAnswer(answers, { kind: 'done', accountId: 'work', partial: null });
    answers = addAnswer(beginAnswers(answers), {
      kind: 'failed',
      accountId: 'work',
      error: { kind: 'token-refused', host: 'example.com' },
    });
    expect(answeredPullRequests(answers)).toHaveLength(1);
    expect(answers['work']).toMatchObject({ running: false, error: { kind: 'token-refused' } });
  });

  it('searching looks at title, number, repository, author, branches and account', () => {
    const items = [pullRequest(12), pullRequest(7, { title: 'Fix the cart' })];
    const found = (search: string) =>
      searchPullRequests(items, search, new Map([['work', 'Day job']])).map((item) => item.number);
    expect(found('cart LOVELACE')).toEqual([7]);
    expect(found('#12')).toEqual([12]);
    expect(found('!12')).toEqual([12]);
    expect(found('web-shop feature/x day')).toEqual([12, 7]);
    expect(found('absent')).toEqual([]);
  });
});

describe('words for the state', () => {
  it("are the provider's own", () => {
    const azure = { ...plainWords, open: 'active', merged: 'completed', closed: 'abandoned' };
    expect(stateWords(pullRequest(1, { state: 'merged' }), azure).text).toBe('Completed');
    expect(stateWords(pullRequest(1, { state: 'closed' }), azure).text).toBe('Abandoned');
    expect(stateWords(pullRequest(1, { draft: true }), azure).text).toBe('Draft');
    expect(stateWords(pullRequest(1), azure).text).toBe('Active');
    expect(stateWords(pullRequest(1), plainWords).text).toBe('Open');
  });
});

describe('threads in a diff', () => {
  const patch = '--- a/x\n+++ b/x\n@@ -3,4 +3,5 @@ f\n c\n-d\n+e\n+f\n g\n@@ -40 +41,2 @@\n-h\n+i\n+j\n';

  it('the shown lines are those of the hunks', () => {
    expect(shownLines(patch)).toEqual({
      old: [
        { start: 3, end: 6 },
        { start: 40, end: 40 },
      ],
      new: [
        { start: 3, end: 7 },
        { start: 41, end: 42 },
      ],
    });
  });

  it('a thread stands at its line on its side; others stand beside the diff', () => {
    const threads = [
      thread('on', at(7)),
      thread('old', at(40, 'old')),
      thread('outside', at(8)),
      thread('outdated', at(7, 'new', true)),
      thread('file', at(null)),
    ];
    const { placed, unplaced } = placeThreads(threads, shownLines(patch));
    expect(placed.map(({ thread, side, line }) => [thread.id, side, line])).toEqual([
      ['on', 'additions', 7],
      ['old', 'deletions', 40],
    ]);
    expect(unplaced.map((one) => one.id)).toEqual(['outside', 'outdated', 'file']);
  });

  it('without a diff no thread is lost', () => {
    expect(placeThreads([thread('on', at(7))], null).unplaced).toHaveLength(1);
    expect(placeThreads([thread('on', at(2))], everyLine(null, 'a\nb')).placed).toHaveLength(1);
  });

  it('a thread on the previous path belongs to the renamed file', () => {
    const threads = [
      thread('was', at(1, 'old', false, 'src/old.ts')),
      thread('other', at(1, 'new', false, 'b')),
    ];
    expect(threadsOfFile(threads, file).map((one) => one.id)).toEqual(['was']);
  });

  it('every thread is in the conversation exactly once, oldest first', () => {
    const threads = [
      thread('late', null, 9),
      thread('early', null, 1),
      thread('file', at(1)),
      thread('gone', at(1, 'new', false, 'removed.ts'), 5),
    ];
    const { general, onFiles } = conversationThreads(threads, [file]);
    expect(general.map((one) => one.id)).toEqual(['early', 'gone', 'late']);
    expect(onFiles.map((one) => one.id)).toEqual(['file']);
  });
});

describe('how much of a text goes through the parser', () => {
  it('two megabytes are cut, and shown without markup when all is asked for', () => {
    const body = 'A'.repeat(2_000_000);
    expect(limitMarkdown(body, false)).toMatchObject({ as: 'markdown', hidden: 1_980_000 });
    expect(limitMarkdown(body, true)).toMatchObject({ as: 'plain', hidden: 0 });
  });

  it('a description of the usual kind is parsed whole', () => {
    const body =
      '## What\n\n* one **bold** `code`\n* two\n\n> quoted\n\n| a | b |\n|---|---|\n| 1 | 2 |\n'.repeat(20);
    expect(limitMarkdown(body, false)).toEqual({ text: body, as: 'markdown', hidden: 0 });
  });

  it('markup that costs the parser seconds is shown as written', () => {
    expect(limitMarkdown('*a_'.repeat(50_000), false).as).toBe('plain');
    expect(limitMarkdown('> '.repeat(5_000), false).as).toBe('plain');
    expect(limitMarkdown('<div>'.repeat(3_000), false).as).toBe('plain');
  });

  it('long text is laid out in pieces that together hold every line', () => {
    const lines = Array.from({ length: 3_000 }, (_, line) => `line ${line}`).join('\n');
    expect(
      inBlocks(lines)
        .map(([, block]) => block)
        .join('\n'),
    ).toBe(lines);
    const word = 'A'.repeat(10_001);
    expect(
      inBlocks(word)
        .map(([, block]) => block)
        .join(''),
    ).toBe(word);
    expect(inBlocks('')).toEqual([]);
  });
});
