/**
 * The program git starts to ask for credentials. It knows nothing: it hands
 * what git wrote to the application's private socket, with the token of the
 * operation, and prints the answer. No imports but Node's own: git waits for
 * it to start.
 */
import { connect } from 'node:net';

const action = process.argv[2] ?? '';
const address = process.env['POLYFORGE_CREDENTIAL_SOCKET'];
const token = process.env['POLYFORGE_CREDENTIAL_TOKEN'];
/** git's requests are a few hundred bytes. */
const largest = 1024 * 1024;

const chunks: Buffer[] = [];
let size = 0;
process.stdin.on('data', (chunk: Buffer) => {
  size += chunk.length;
  if (size <= largest) chunks.push(chunk);
});
process.stdin.on('end', () => {
  // Without an answer git says itself that it has no credentials.
  if (address === undefined || token === undefined || size > largest || !/^(get|store|erase)$/.test(action))
    return;
  const socket = connect(address);
  socket.on('connect', () =>
    socket.write(`${token} ${action} ${Buffer.concat(chunks).toString('base64')}\n`),
  );
  socket.on('error', () => undefined);
  socket.pipe(process.stdout);
});
