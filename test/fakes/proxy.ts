import http from 'node:http';
import https from 'node:https';
import net, { type AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';

export interface ProxyRequest {
  method: string;
  /** `host:port` of a tunnel, the whole address otherwise. */
  target: string;
  headers: http.IncomingHttpHeaders;
  /** User name and password it was given. */
  credential: { username: string; password: string } | null;
  status: number;
}

export interface ProxyOptions {
  /** Undefined: open to everybody. */
  credential?: { username: string; password: string };
  /** Where a name really is; a name it does not hold is answered with 502. `host:port` -> port on this machine. */
  names: Record<string, number>;
  /** Instead of serving: the status every request gets. */
  status?: number;
  /** Makes it an https proxy. */
  tls?: { key: string; cert: string };
}

export interface FakeProxy {
  /** `http://127.0.0.1:port` */
  readonly url: string;
  readonly port: number;
  readonly requests: ProxyRequest[];
  readonly names: Record<string, number>;
  close(): Promise<void>;
}

function credentialOf(header: string | undefined): ProxyRequest['credential'] {
  const encoded = /^basic\s+(\S+)$/i.exec(header ?? '')?.[1];
  if (encoded === undefined) return null;
  const text = Buffer.from(encoded, 'base64').toString('utf8');
  const colon = text.indexOf(':');
  return { username: text.slice(0, colon), password: text.slice(colon + 1) };
}

/** A real proxy: tunnels by CONNECT, passes plain requests on without what was meant for it alone. */
export async function startProxy(options: ProxyOptions): Promise<FakeProxy> {
  const requests: ProxyRequest[] = [];
  const sockets = new Set<Duplex>();
  const { names } = options;

  /** The status it is refused with, or null. */
  const admit = (request: http.IncomingMessage): ProxyRequest => {
    const credential = credentialOf(request.headers['proxy-authorization']);
    const wanted = options.credential;
    const refused =
      wanted && (credential?.username !== wanted.username || credential.password !== wanted.password);
    const seen: ProxyRequest = {
      method: request.method ?? '',
      target: request.url ?? '',
      headers: request.headers,
      credential,
      status: refused ? 407 : (options.status ?? 200),
    };
    requests.push(seen);
    return seen;
  };
  const challenge = { 'Proxy-Authenticate': 'Basic realm="proxy"' };

  const listener: http.RequestListener = (request, response) => {
    const seen = admit(request);
    if (seen.status !== 200) {
      response.writeHead(seen.status, seen.status === 407 ? challenge : {}).end('not through here');
      return;
    }
    const url = new URL(seen.target);
    const port = names[`${url.hostname}:${url.port || '80'}`];
    if (port === undefined) {
      seen.status = 502;
      response.writeHead(502).end();
      return;
    }
    const { 'proxy-authorization': _secret, 'proxy-connection': _kept, ...headers } = request.headers;
    const onward = http.request(
      { host: '127.0.0.1', port, method: request.method, path: url.pathname + url.search, headers },
      (answer) => {
        response.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(response);
      },
    );
    onward.on('error', () => response.destroy());
    request.pipe(onward);
  };
  const server = options.tls ? https.createServer(options.tls, listener) : http.createServer(listener);
  server.on('connection', (socket: Duplex) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  server.on('connect', (request: http.IncomingMessage, socket: Duplex, head: Buffer) => {
    socket.on('error', () => socket.destroy());
    const seen = admit(request);
    const port = names[seen.target];
    if (seen.status === 200 && port === undefined) seen.status = 502;
    if (seen.status !== 200 || port === undefined) {
      const header = seen.status === 407 ? `Proxy-Authenticate: ${challenge['Proxy-Authenticate']}\r\n` : '';
      socket.end(`HTTP/1.1 ${seen.status} No\r\n${header}Content-Length: 0\r\nConnection: close\r\n\r\n`);
      return;
    }
    const onward = net.connect(port, '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
      onward.write(head);
      onward.pipe(socket).pipe(onward);
    });
    sockets.add(onward);
    onward.on('error', () => socket.destroy());
    onward.on('close', () => {
      sockets.delete(onward);
      socket.destroy();
    });
    socket.on('close', () => onward.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `${options.tls ? 'https' : 'http'}://127.0.0.1:${port}`,
    port,
    requests,
    names,
    close() {
      for (const socket of sockets) socket.destroy();
      server.closeAllConnections();
      return new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}
