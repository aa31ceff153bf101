import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { contentType, isImmutable, pageFile } from '../../shared/page-policy';

/** Answers one request that the door let in. Headers every answer carries are set already. */
export type Page = (request: IncomingMessage, response: ServerResponse) => void | Promise<void>;

async function size(file: string): Promise<number | null> {
  try {
    const found = await stat(file);
    return found.isFile() ? found.size : null;
  } catch {
    return null;
  }
}

/** The built page. A text file is sent as the .gz the build put beside it, to whoever takes it. */
export function builtPage(directory: string): Page {
  return async (request, response) => {
    const name = pageFile(request.url ?? '');
    const type = name === null ? null : contentType(name);
    const file = name === null || type === null ? null : path.join(directory, name);
    const plainSize = file === null ? null : await size(file);
    if (name === null || type === null || file === null || plainSize === null) {
      response.writeHead(404, { 'Content-Type': 'text/plain; charset=utf-8' }).end('Not found\n');
      return;
    }
    const zippedSize = /\bgzip\b/.test(request.headers['accept-encoding'] ?? '')
      ? await size(`${file}.gz`)
      : null;
    response.writeHead(200, {
      'Content-Type': type,
      'Content-Length': zippedSize ?? plainSize,
      'Cache-Control': isImmutable(name) ? 'public, max-age=31536000, immutable' : 'no-cache',
      Vary: 'Accept-Encoding',
      ...(zippedSize === null ? {} : { 'Content-Encoding': 'gzip' }),
    });
    if (request.method === 'HEAD') {
      response.end();
      return;
    }
    // A reader that goes away is no failure of ours.
    await pipeline(createReadStream(zippedSize === null ? file : `${file}.gz`), response).catch(
      () => undefined,
    );
  };
}
