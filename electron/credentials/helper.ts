/**
 * The program git starts to ask for credentials, and ssh to ask anything. It
 * knows nothing: it hands what it got to the application's private socket, with
 * the token of the operation, and prints the answer. No imports but Node's own:
 * git waits for it to start.
 */
import { connect } from 'node:net';

const action = process.argv[2] ?? '';
const address = process.env['POLYFORGE_CREDENTIAL_SOCKET'];
const token = process.env['POLYFORGE_CREDENTIAL_TOKEN'];
/** git's requests are a few hundred bytes. */
const largest = 1024 * 1024;

function send(input: Buffer): NodeJS.ReadableStream | null {
  if (address === undefined || token === undefined) return null;
  const socket = connect(address);
  // Its own side stays open while it waits: the end of it is the end of the question.
  socket.on('connect', () => socket.write(`${token} ${action} ${input.toString('base64')}\n`));
  socket.on('error', () => undefined);
  return socket;
}

/** ssh's question is an argument. Its standard input is git's line to the server: not a byte of it is ours. */
function ask(): void {
  const kind = process.env['SSH_ASKPASS_PROMPT'] ?? '';
  const request = {
    prompt: process.argv[3] ?? '',
    kind: /^(confirm|none)$/.test(kind) ? kind : 'entry',
    asker: String(process.ppid),
  };
  let answer = '';
  const reply = send(Buffer.from(JSON.stringify(request)));
  reply?.setEncoding('utf8');
  reply?.on('data', (text: string) => {
    answer += text;
  });
  // An empty answer would be a yes to some questions; a failure is none.
  process.exitCode = 1;
  reply?.on('end', () => {
    if (!answer.startsWith('=')) return;
    process.exitCode = 0;
    process.stdout.write(answer.slice(1));
  });
}

function answerGit(): void {
  const chunks: Buffer[] = [];
  let size = 0;
  process.stdin.on('data', (chunk: Buffer) => {
    size += chunk.length;
    if (size <= largest) chunks.push(chunk);
  });
  process.stdin.on('end', () => {
    // Without an answer git says itself that it has no credentials.
    if (size > largest || !/^(get|store|erase)$/.test(action)) return;
    send(Buffer.concat(chunks))?.pipe(process.stdout);
  });
}

if (action === 'askpass') ask();
else answerGit();
