import { connect } from 'node:net';
import { type AgentFile, isOwnSocket } from './agent-file';

/**
 * `absent`: nothing listens there, or it is not this user's. `broken`: it ended
 * before its answer was whole.
 */
export type AgentAnswer = { answer: string; note?: TerminalNote } | { none: 'absent' | 'broken' };

/** Why there is no credential, where the user can do something about it. */
export type TerminalNote =
  | 'locked'
  | 'passphrase-file'
  | 'refused'
  | 'several-accounts'
  | 'other-host'
  | 'unread-remote';
const notes: ReadonlySet<string> = new Set<TerminalNote>([
  'locked',
  'passphrase-file',
  'refused',
  'several-accounts',
  'other-host',
  'unread-remote',
]);

/** Ends an answer, which is not whole without it. git's lines cannot hold it. */
const end = '\0';

/** An answer as the agent writes it. */
export function wholeAnswer(answer: string, note: TerminalNote | null): string {
  return note === null ? `${answer}${end}` : `${answer}${end}${note}${end}`;
}

/** Asks the core over its socket; `words` hold neither spaces nor line ends. Calls back once. */
export function callAgent(
  { address, token }: Pick<AgentFile, 'address' | 'token'>,
  words: readonly string[],
  done: (answer: AgentAnswer) => void,
): void {
  if (address === null || token === null || !isOwnSocket(address)) {
    done({ none: 'absent' });
    return;
  }
  let received = '';
  let isConnected = false;
  const socket = connect(address);
  socket.setEncoding('utf8');
  socket.on('connect', () => {
    isConnected = true;
    socket.write(`${[token, ...words].join(' ')}\n`);
  });
  socket.on('data', (chunk: string) => {
    received += chunk;
  });
  socket.on('error', () => undefined);
  socket.on('close', () => {
    const [answer = '', note = ''] = received.split(end);
    if (!received.endsWith(end)) done({ none: isConnected ? 'broken' : 'absent' });
    else done(notes.has(note) ? { answer, note: note as TerminalNote } : { answer });
  });
}
