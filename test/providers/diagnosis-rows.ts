import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, it } from 'vitest';
import { createHttp } from '../../electron/providers/http';
import type { HostingProvider } from '../../electron/providers/provider';
import { AppFailure } from '../../shared/errors';
import { anAccount } from '../fakes/account';
import type { RefusalRow } from '../doctor/refusal-row';

/** Serves one answer to everything, in the words of a row. */
export async function refusing(
  answer: RefusalRow['answer'],
): Promise<{ origin: string; close(): Promise<void> }> {
  let origin = '';
  const local = (text: string) =>
    text
      .replaceAll('http://self', origin)
      .replaceAll('{in an hour}', String(Math.round(Date.now() / 1000) + 3600));
  const server = createServer((_request, response) => {
    const type =
      answer.json === undefined
        ? answer.html === undefined
          ? 'text/plain; charset=UTF-8'
          : 'text/html'
        : 'application/json; charset=utf-8';
    response.sendDate = answer.headers?.['date'] === undefined;
    for (const [name, value] of Object.entries({ 'content-type': type, ...answer.headers }))
      response.setHeader(name, local(value));
    response.statusCode = answer.status;
    response.end(
      local(answer.json === undefined ? (answer.html ?? answer.text ?? '') : JSON.stringify(answer.json)),
    );
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    origin,
    close: () => {
      server.closeAllConnections();
      return new Promise((resolve) => {
        server.close(() => resolve());
      });
    },
  };
}

/** One test a row: the answer goes through the real door, and `explain` reads what comes out. */
export function explainsRows(
  provider: HostingProvider,
  rows: readonly RefusalRow[],
  apiPath: string,
  repository = { id: 'acme/widgets', fullName: 'acme/widgets' },
): void {
  it.each(rows.map((row) => [row.name, row] as const))('%s', async (_name, row) => {
    const server = await refusing(row.answer);
    const http = createHttp({ retryDelay: 1, patience: 0 });
    try {
      const account = anAccount({
        kind: row.kind,
        provider: provider.id,
        url: server.origin,
        origins: { api: [server.origin], git: [server.origin] },
        ...row.account,
      });
      const isGit = row.at === 'git';
      const url = isGit
        ? `${server.origin}/acme/widgets.git/info/refs?service=git-upload-pack`
        : `${server.origin}${apiPath}${row.at}`;
      const failure = await http
        .bind(
          { origins: account.origins },
          null,
          new AbortController().signal,
        )(url)
        .then(
          () => new Error('it was no refusal'),
          (error: unknown) => error,
        );
      if (!(failure instanceof AppFailure)) throw failure;
      const found = provider.diagnosis?.explain(account, failure, {
        step: row.step,
        repository: isGit || row.step === 'repository' ? repository : null,
        git: isGit ? (account.headerAuthentication === 'off' ? 'password' : 'header') : null,
      });
      if (row.general) {
        expect(found).toBeNull();
        return;
      }
      const expected: unknown = JSON.parse(
        JSON.stringify({ cause: row.cause, remedy: row.remedy, facts: row.facts ?? {} }).replaceAll(
          'http://self',
          server.origin,
        ),
      );
      expect(found).toMatchObject(expected as object);
      expect(found?.facts['host']).toBe(new URL(server.origin).host);
      expect(JSON.stringify(found)).not.toContain('evil.example');
    } finally {
      await http.close();
      await server.close();
    }
  });
}
