import type { Answer, Answers, CauseRow, Expected, Place, SeenByRow } from './causes';
import type { RefusalRow, RefusingAnswer } from './refusal-row';

export interface Around {
  of: string;
  /** Path of the API on the stand-in. */
  base: string;
  secret: string;
  secrets: string[];
  /** What the server answers to everything but the refused request. */
  healthy: Answers;
  method: 'GET' | 'POST';
  /** Path of the repository's address; default `/acme/widgets.git`. */
  remote?: string;
  /** A token that is no good is refused wherever it is shown, not at one place only. */
  everywhere?: boolean;
}

/** `http://self` and times that count from now, in everything a row holds. */
function local<T>(value: T, at: Place): T {
  const inAnHour = String(Math.round(Date.now() / 1000) + 3600);
  const text = JSON.stringify(value)
    .replaceAll('http://self', at.origin)
    .replaceAll('{in an hour}', inAnHour);
  return JSON.parse(text) as T;
}

function asAnswer(answer: RefusingAnswer): Answer {
  const { status, headers, json, html, text } = answer;
  if (json !== undefined) return { status, headers, body: json };
  return { status, headers, body: html ?? text ?? '', type: html === undefined ? 'text/plain' : 'text/html' };
}

/** What the doctor offers for a page of a server without https, which it never opens: the next best. */
function withoutPages(remedy: RefusalRow['remedy']): Expected['remedy'] {
  if (remedy.kind === 'open-page' && !remedy.url?.startsWith('https:'))
    return { kind: 'page' in remedy && remedy.page === 'token' ? 'replace-token' : 'tell-administrator' };
  return remedy as Expected['remedy'];
}

/** Strangers are told what they always are; everybody else gets the refusal. */
function toSignedIn(healthy: Answers, refusal: Answer): Answers {
  return Object.fromEntries(
    Object.entries(healthy).map(([key, before]) => [
      key,
      (request: SeenByRow) =>
        request.authorization === undefined
          ? typeof before === 'function'
            ? before(request)
            : before
          : refusal,
    ]),
  );
}

/** A refusal as a row of the doctor's table: a server that is healthy but for this one answer. */
export function met(row: RefusalRow, around: Around): CauseRow {
  const isGit = row.at === 'git';
  const remote = around.remote ?? '/acme/widgets.git';
  const gitPath = `${remote}/info/refs`;
  return {
    name: row.name,
    of: around.of,
    subject: (at) => ({
      account: { ...row.account, kind: row.kind },
      secret: around.secret,
      secrets: around.secrets,
      url: `${at.origin}${remote}`,
    }),
    answers: (at) => {
      const refusal = local(asAnswer(row.answer), at);
      if (around.everywhere) return toSignedIn(around.healthy, refusal);
      const key = isGit ? `GET ${gitPath}` : `${around.method} ${around.base}${row.at}`;
      const before = around.healthy[key];
      return {
        ...around.healthy,
        // git asks as a stranger first; what it is told then is not what the row is about.
        [key]: (request) =>
          isGit && request.authorization === undefined && typeof before === 'function'
            ? before(request)
            : refusal,
      };
    },
    expect: (at) => ({
      cause: row.cause,
      step: row.foundAt ?? row.step,
      remedy: local(withoutPages(row.remedy), at),
      facts: row.general || row.foundAt ? {} : local(row.facts ?? {}, at),
    }),
  };
}
