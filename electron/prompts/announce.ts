import type { Question } from '../../shared/contract/prompts';
import type { EventSource, Platform } from '../platform';

/** Hosts as addresses have them; a program's question can name anything. */
const plainHost = /^(?:https?:\/\/)?[\w.:[\]-]{1,260}$/;
/** Some desktops read marks and links in a notification, and none shows what turns or hides text. */
const plainPath = /^[\p{L}\p{M}\p{N} ._~@+/-]{1,200}$/u;

/** What waits, without any words of a server or a program. */
function sentence(question: Question): string {
  if (!('host' in question)) return 'Your tokens are locked.';
  const host = plainHost.test(question.host) ? question.host : 'a server';
  const path = 'path' in question && plainPath.test(question.path) ? `${question.path} on ` : '';
  return `An answer is needed for ${path}${host}.`;
}

/**
 * Tells of each new question outside the page as well: git in a terminal waits
 * while nobody looks at the window. Nothing where the shell cannot.
 */
export function announceQuestions(events: EventSource, platform: Pick<Platform, 'notify'>): void {
  const told = new Set<string>();
  events.listen((event) => {
    if (event.type === 'prompts.withdrawn') told.delete(event.id);
    if (event.type !== 'prompts.asked' || told.has(event.question.id)) return;
    const { question } = event;
    told.add(question.id);
    // Nobody waits for this one.
    if (question.kind === 'save-credential') return;
    platform.notify?.({ title: 'Git asks', text: sentence(question), opened: () => undefined });
  });
}
