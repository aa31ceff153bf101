import { connect } from 'node:net';
import { type AgentFile, isOwnSocket } from './agent-file';

/**
 * `absent`: nothing listens there, or it is not this user's. `broken`: it ended
 * before its answer was whole.
 */
export type AgentAnswer = { answer: string } | { none: 'absent' | 'broken' };

/** Ends every answer of the agent; without it the answer is not whole. git's lines cannot hold it. */
export const endOfAnswer = '\0';

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
    if (received.endsWith(endOfAnswer)) done({ answer: received.slice(0, -endOfAnswer.length) });
    else done({ none: isConnected ? 'broken' : 'absent' });
  });
}
