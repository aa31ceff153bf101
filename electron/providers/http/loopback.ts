import { timingSafeEqual } from 'node:crypto';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { AppFailure } from '../../../shared/errors';

/** Waits for the one answer a provider's page sends back through the user's browser. */
export interface Loopback {
  /** `http://localhost:<port>`: the form Entra takes with any port for public clients. */
  readonly redirectUri: string;
  /** The form's fields. Rejects `cancelled` on abort; never settles otherwise than by the right `state`. */
  readonly answer: Promise<URLSearchParams>;
  /** From now on nothing listens. */
  close(): void;
}

const largestForm = 64 * 1024;

const page = (text: string) =>
  `<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>Polyforge</title></head><body style="font-family:system-ui;margin:3em"><p>${text}</p></body></html>`;

function reply(response: http.ServerResponse, status: number, text: string): void {
  response.writeHead(status, {
    'Content-Type': 'text/html; charset=utf-8',
    'Content-Security-Policy': "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
    'Cache-Control': 'no-store',
    'Referrer-Policy': 'no-referrer',
    Connection: 'close',
  });
  response.end(page(text));
}

/** Exactly one state, and it is ours: whatever else runs on this machine can talk to the port too. */
function isExpected(form: URLSearchParams, state: string): boolean {
  const [given, ...more] = form.getAll('state').map((one) => Buffer.from(one));
  const wanted = Buffer.from(state);
  return (
    given !== undefined &&
    more.length === 0 &&
    given.length === wanted.length &&
    timingSafeEqual(given, wanted)
  );
}

async function listen(server: http.Server, port: number, host: string): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen({ port, host, exclusive: true }, resolve);
  });
  return (server.address() as AddressInfo).port;
}

/**
 * Listens on this machine only, for one POST of a form (`response_mode=form_post`:
 * a code in an address would stay in the browser's history) that carries
 * `state`. Everything else is answered and changes nothing.
 */
export async function listenOnce(state: string, signal: AbortSignal): Promise<Loopback> {
  let settle: (form: URLSearchParams) => void = () => undefined;
  let refuse: (reason: AppFailure) => void = () => undefined;
  const answer = new Promise<URLSearchParams>((resolve, reject) => {
    settle = resolve;
    refuse = reject;
  });
  answer.catch(() => undefined);
  let used = false;

  const handle = async (request: http.IncomingMessage, response: http.ServerResponse): Promise<void> => {
    if (request.method === 'GET') return reply(response, 200, 'Polyforge waits for the sign-in to end.');
    const type = request.headers['content-type']?.split(';')[0]?.trim();
    if (request.method !== 'POST' || request.url !== '/' || type !== 'application/x-www-form-urlencoded')
      return reply(response, 400, 'This is not an answer Polyforge waits for.');
    const chunks: Buffer[] = [];
    let size = 0;
    for await (const chunk of request) {
      size += (chunk as Buffer).length;
      if (size > largestForm) return reply(response, 413, 'This answer is too large.');
      chunks.push(chunk as Buffer);
    }
    const form = new URLSearchParams(Buffer.concat(chunks).toString('utf8'));
    if (!isExpected(form, state) || (!form.has('code') && !form.has('error')))
      return reply(response, 400, 'This is not an answer Polyforge waits for.');
    if (used) return reply(response, 410, 'This answer was used already.');
    used = true;
    reply(
      response,
      200,
      form.has('error')
        ? 'The sign-in was not completed. Go back to Polyforge; you can close this page.'
        : 'Done. Go back to Polyforge; you can close this page.',
    );
    settle(form);
  };
  const serve = () =>
    http.createServer((request, response) => {
      void handle(request, response).catch(() => response.destroy());
    });

  const servers = [serve()];
  const port = await listen(servers[0] ?? serve(), 0, '127.0.0.1');
  // A browser may take `localhost` for ::1; where it can be had, nobody else should sit there.
  const other = serve();
  await listen(other, port, '::1').then(
    () => servers.push(other),
    () => undefined,
  );

  const close = () => {
    signal.removeEventListener('abort', abort);
    for (const server of servers) {
      server.close();
      // The page that says "done" still goes out.
      setTimeout(() => server.closeAllConnections(), 1000).unref();
      server.unref();
    }
  };
  const abort = () => {
    refuse(new AppFailure({ kind: 'cancelled' }));
    close();
  };
  if (signal.aborted) abort();
  else signal.addEventListener('abort', abort, { once: true });
  return { redirectUri: `http://localhost:${port}`, answer, close };
}
