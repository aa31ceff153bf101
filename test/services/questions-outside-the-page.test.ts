import { describe, expect, it } from 'vitest';
import type { MachineNotification } from '../../electron/platform';
import { announceQuestions } from '../../electron/prompts/announce';
import { createPromptBroker } from '../../electron/prompts/broker';
import { createEventBus } from '../../electron/services/application';

const settled = () => new Promise((resolve) => setImmediate(resolve));

function world(hasNotifications = true) {
  const told: MachineNotification[] = [];
  const events = createEventBus();
  const prompts = createPromptBroker(events);
  announceQuestions(events, hasNotifications ? { notify: (each) => told.push(each) } : {});
  return { told, prompts, ending: new AbortController() };
}

const question = {
  kind: 'credentials',
  operation: 'fetch',
  host: 'git.example.com',
  path: 'team/private',
  protocol: 'https',
  accountId: null,
  accountAlias: null,
  reason: 'no-account',
  username: '',
} as const;

describe('a question while nobody looks at the window', () => {
  it('is told of outside the page, once, with host and path', async () => {
    const { told, prompts, ending } = world();
    const answer = prompts.ask(question, ending.signal, 'q1');
    prompts.revise('q1', { ...question, waiting: 1 });
    await settled();
    expect(told.map(({ title, text }) => ({ title, text }))).toEqual([
      { title: 'Git asks', text: 'An answer is needed for team/private on git.example.com.' },
    ]);
    prompts.answer('q1', { kind: 'dismiss' });
    await answer;
  });

  it('leaves out a name that would be more than text to a desktop', async () => {
    const { told, prompts, ending } = world();
    const names = ['team/<a href="https://evil.test">x', 'team/\u202etxe.evil', '', 'grüße/ñandú-1.git'];
    const asked = names.map((path) => prompts.ask({ ...question, path }, ending.signal));
    const host = 'https://evil.test/click-me';
    const program = { kind: 'program-question', operation: 'push', text: '?', wants: 'entry' } as const;
    asked.push(prompts.ask({ ...program, host }, ending.signal));
    await settled();
    expect(told.map(({ text }) => text)).toEqual([
      'An answer is needed for git.example.com.',
      'An answer is needed for git.example.com.',
      'An answer is needed for git.example.com.',
      'An answer is needed for grüße/ñandú-1.git on git.example.com.',
      'An answer is needed for a server.',
    ]);
    ending.abort();
    await Promise.allSettled(asked);
  });

  it('tells no words of a program, and nothing of what nobody waits for', async () => {
    const { told, prompts, ending } = world();
    const asked = [
      prompts.ask(
        {
          kind: 'program-question',
          operation: 'push',
          host: 'git.example.com',
          text: 'Click https://evil.example',
          wants: 'entry',
        },
        ending.signal,
      ),
      prompts.ask({ kind: 'passphrase', reason: 'unlock' }, ending.signal),
      prompts.ask(
        { kind: 'save-credential', host: 'git.example.com', path: '', username: 'jane' },
        ending.signal,
      ),
    ];
    await settled();
    expect(told.map(({ text }) => text)).toEqual([
      'An answer is needed for git.example.com.',
      'Your tokens are locked.',
    ]);
    ending.abort();
    await Promise.allSettled(asked);
  });

  it('is asked all the same where the shell has no notifications', async () => {
    const { prompts, ending } = world(false);
    const answer = prompts.ask(question, ending.signal, 'q1');
    await settled();
    expect(prompts.open()).toHaveLength(1);
    prompts.answer('q1', { kind: 'dismiss' });
    expect(await answer).toEqual({ kind: 'dismiss' });
  });
});
