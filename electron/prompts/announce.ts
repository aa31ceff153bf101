import type { Question } from '../../shared/contract/prompts';
import type { EventSource, Platform } from '../platform';

/** What waits, without any words of a server or a program. */
function sentence(question: Question): string {
  if (!('host' in question)) return 'Your tokens are locked.';
  const where =
    'path' in question && question.path !== '' ? `${question.path} on ${question.host}` : question.host;
  return `An answer is needed for ${where}.`;
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
