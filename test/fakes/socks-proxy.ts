import net, { type AddressInfo } from 'node:net';

/** A real SOCKS5 proxy (RFC 1928, 1929) for names it knows; with `credential` it wants user name and password. */
export async function startSocksProxy(options: {
  names: Record<string, number>;
  credential?: { username: string; password: string };
}) {
  const sockets = new Set<net.Socket>();
  /** `host:port` of each connection that was made. */
  const reached: string[] = [];
  const server = net.createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => socket.destroy());
    socket.on('close', () => sockets.delete(socket));
    let step: 'greeting' | 'sign-in' | 'request' | 'open' = 'greeting';
    let held = Buffer.alloc(0);
    const read = (chunk: Buffer) => {
      held = Buffer.concat([held, chunk]);
      if (step === 'greeting' && held.length >= 2 && held.length >= 2 + (held[1] ?? 0)) {
        const methods = held.subarray(2, 2 + (held[1] ?? 0));
        held = held.subarray(2 + methods.length);
        const method = options.credential ? 2 : 0;
        socket.write(Buffer.from([5, methods.includes(method) ? method : 0xff]));
        step = options.credential ? 'sign-in' : 'request';
      }
      if (step === 'sign-in' && held.length >= 2) {
        const name = held.subarray(2, 2 + (held[1] ?? 0)).toString();
        const at = 2 + name.length;
        const length = held[at];
        if (length === undefined || held.length < at + 1 + length) return;
        const password = held.subarray(at + 1, at + 1 + length).toString();
        held = held.subarray(at + 1 + length);
        const good = name === options.credential?.username && password === options.credential.password;
        socket.write(Buffer.from([1, good ? 0 : 1]));
        if (!good) socket.end();
        step = 'request';
      }
      if (step !== 'request' || held.length < 7) return;
      const length = held[4] ?? 0;
      if (held.length < 7 + length) return;
      // Only names: the proxy is to look them up, not the one who asks.
      const target = `${held.subarray(5, 5 + length).toString()}:${held.readUInt16BE(5 + length)}`;
      const rest = held.subarray(7 + length);
      const port = held[3] === 3 ? options.names[target] : undefined;
      step = 'open';
      socket.off('data', read);
      if (port === undefined) {
        socket.end(Buffer.from([5, 4, 0, 1, 0, 0, 0, 0, 0, 0]));
        return;
      }
      reached.push(target);
      const onward = net.connect(port, '127.0.0.1', () => {
        socket.write(Buffer.from([5, 0, 0, 1, 127, 0, 0, 1, 0, 80]));
        onward.write(rest);
        socket.pipe(onward).pipe(socket);
      });
      sockets.add(onward);
      onward.on('error', () => socket.destroy());
      onward.on('close', () => sockets.delete(onward));
    };
    socket.on('data', read);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `socks5://127.0.0.1:${(server.address() as AddressInfo).port}`,
    reached,
    close() {
      for (const socket of sockets) socket.destroy();
      return new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}
