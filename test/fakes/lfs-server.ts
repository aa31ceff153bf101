import { createHash } from 'node:crypto';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { type AcceptedCredential, accepted } from './git-http-server';

/**
 * A stand-in of a Git LFS server: batch API and basic transfers, as
 * docs/api/{batch,basic-transfers,authentication}.md of git-lfs say. What the
 * documents do not allow is refused.
 */
export interface LfsRepository {
  /** Undefined: open to everybody. May be changed while the server runs. */
  accepts?: AcceptedCredential[];
  /** Uploads are answered with 403. */
  readOnly?: boolean;
  /** By their SHA-256. */
  readonly objects: Map<string, Buffer>;
  /** Where the objects are fetched from, instead of from here: an address to which the object's id is added. */
  storage?: string;
}

export interface SeenLfsRequest {
  method: string;
  path: string;
  authorization: string | undefined;
  status: number;
}

export interface LfsHandler {
  /** Key: path on the host without leading slash and without `.git`, such as `owner/name`. */
  readonly repositories: Map<string, LfsRepository>;
  /** Every request seen, oldest first. */
  readonly requests: SeenLfsRequest[];
  /** False: no request for large files; nothing was written. */
  handle(request: http.IncomingMessage, response: http.ServerResponse): boolean;
}

const media = 'application/vnd.git-lfs+json';
const place =
  /^\/(.+?)(?:\.git)?\/info\/lfs\/(objects\/batch|objects\/[0-9a-f]{64}|verify|locks\/verify|.*)$/;

interface Wanted {
  oid: string;
  size: number;
}

export function oidOf(content: Buffer): string {
  return createHash('sha256').update(content).digest('hex');
}

/** The small file git keeps instead of a large one (git-lfs, docs/spec.md). */
export function lfsPointer(content: Buffer): string {
  return `version https://git-lfs.github.com/spec/v1\noid sha256:${oidOf(content)}\nsize ${content.length}\n`;
}

class Refusal extends Error {
  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
  }
}

function isWanted(value: unknown): value is Wanted {
  if (typeof value !== 'object' || value === null || !('oid' in value) || !('size' in value)) return false;
  const { oid, size } = value;
  return (
    typeof oid === 'string' && /^[0-9a-f]{64}$/.test(oid) && Number.isSafeInteger(size) && Number(size) >= 0
  );
}

function parsed(body: Buffer): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(body.toString('utf8'));
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { ...value };
  } catch {
    // Said below.
  }
  throw new Refusal(422, 'The body is no JSON object');
}

/** What a batch asks for; throws what the documents answer to one they do not allow. */
function readBatch(body: Buffer): { operation: 'download' | 'upload'; objects: Wanted[] } {
  const { operation, transfers, objects, ref, hash_algo: hash } = parsed(body);
  if (operation !== 'download' && operation !== 'upload') throw new Refusal(422, 'The operation is unknown');
  if (transfers !== undefined && !(Array.isArray(transfers) && transfers.includes('basic')))
    throw new Refusal(422, 'Only basic transfers are served here');
  if (hash !== undefined && hash !== 'sha256') throw new Refusal(409, 'Only SHA-256 is served here');
  if (
    ref !== undefined &&
    ref !== null &&
    !(typeof ref === 'object' && 'name' in ref && typeof ref.name === 'string')
  )
    throw new Refusal(422, 'The ref has no name');
  if (!Array.isArray(objects) || !objects.every(isWanted)) throw new Refusal(422, 'An object is not valid');
  return { operation, objects };
}

/** `prefix`: context path in front of every repository. */
export function createLfsHandler(options: { prefix?: string } = {}): LfsHandler {
  const prefix = options.prefix ?? '';
  const repositories = new Map<string, LfsRepository>();
  const requests: SeenLfsRequest[] = [];

  function batch(repository: LfsRepository, address: string, body: Buffer): object {
    const { operation, objects } = readBatch(body);
    if (operation === 'upload' && repository.readOnly) throw new Refusal(403, 'You may read, not write');
    return {
      transfer: 'basic',
      hash_algo: 'sha256',
      objects: objects.map(({ oid, size }) => {
        const content = repository.objects.get(oid);
        const href = `${address}/objects/${oid}`;
        if (operation === 'download')
          return content
            ? {
                oid,
                size: content.length,
                actions: { download: { href: repository.storage ? `${repository.storage}${oid}` : href } },
              }
            : { oid, size, error: { code: 404, message: 'Object does not exist' } };
        // Without actions: it is here already.
        return content
          ? { oid, size: content.length }
          : { oid, size, actions: { upload: { href }, verify: { href: `${address}/verify` } } };
      }),
    };
  }

  async function answer(
    request: http.IncomingMessage,
    response: http.ServerResponse,
    key: string,
    action: string,
  ): Promise<void> {
    const { method = 'GET', headers } = request;
    const seen: SeenLfsRequest = {
      method,
      path: request.url ?? '/',
      authorization: headers.authorization,
      status: 0,
    };
    requests.push(seen);
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks);
    const send = (status: number, content: Buffer | object, more: Record<string, string> = {}) => {
      seen.status = status;
      const isBytes = Buffer.isBuffer(content);
      const bytes = isBytes ? content : Buffer.from(JSON.stringify(content), 'utf8');
      const type = isBytes ? 'application/octet-stream' : media;
      response.writeHead(status, { 'Content-Type': type, 'Content-Length': bytes.length, ...more });
      response.end(bytes);
    };
    try {
      const repository = repositories.get(key);
      if (!repository) throw new Refusal(404, 'Not found');
      if (repository.accepts && !accepted(repository.accepts, headers.authorization)) {
        send(401, { message: 'Credentials needed' }, { 'LFS-Authenticate': 'Basic realm="Git LFS"' });
        return;
      }
      const isApi = method === 'POST';
      if (isApi && !headers.accept?.startsWith(media)) throw new Refusal(406, `Only ${media} is served here`);
      if (isApi && headers['content-type']?.split(';')[0] !== media)
        throw new Refusal(422, `The body has to be ${media}`);
      const address = `http://${headers.host}${(request.url ?? '').slice(0, -action.length - 1)}`;
      if (isApi && action === 'objects/batch') return send(200, batch(repository, address, body));
      if (isApi && action === 'verify') {
        const { oid, size } = parsed(body);
        const found = typeof oid === 'string' ? repository.objects.get(oid) : undefined;
        if (!found || found.length !== size) throw new Refusal(404, 'Object does not exist');
        return send(200, {});
      }
      const oid = /^objects\/([0-9a-f]{64})$/.exec(action)?.[1];
      if (oid !== undefined && method === 'GET') {
        const content = repository.objects.get(oid);
        if (!content) throw new Refusal(404, 'Object does not exist');
        return send(200, content);
      }
      if (oid !== undefined && method === 'PUT') {
        if (repository.readOnly) throw new Refusal(403, 'You may read, not write');
        if (oidOf(body) !== oid) throw new Refusal(422, 'The content is not the one announced');
        repository.objects.set(oid, body);
        return send(200, {});
      }
      // Locks are optional: 404 tells the client that there are none (docs/api/locking.md).
      throw new Refusal(404, 'Not found');
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      send(error.status, { message: error.message });
    }
  }

  return {
    repositories,
    requests,
    handle(request, response) {
      const { pathname } = new URL(request.url ?? '/', 'http://stand-in');
      if (!pathname.startsWith(`${prefix}/`)) return false;
      const [, key, action] = place.exec(pathname.slice(prefix.length)) ?? [];
      if (key === undefined || action === undefined) return false;
      void answer(request, response, decodeURIComponent(key), action).catch(() => response.destroy());
      return true;
    },
  };
}

export interface LfsServer extends LfsHandler {
  /** scheme://127.0.0.1:port */
  readonly origin: string;
  /** The address `lfs.url` has to name. */
  urlOf(key: string): string;
  close(): Promise<void>;
}

/** Large files on a host of their own. */
export async function startLfsServer(): Promise<LfsServer> {
  const handler = createLfsHandler();
  const server = http.createServer((request, response) => {
    if (!handler.handle(request, response)) response.writeHead(404).end();
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    ...handler,
    origin,
    urlOf: (key) => `${origin}/${key}.git/info/lfs`,
    async close() {
      server.closeAllConnections();
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
      });
    },
  };
}
