#!/usr/bin/env node
/**
 * The program git starts to ask for credentials, and ssh to ask a question.
 * With the variables of an operation of ours in its environment it serves that
 * one; otherwise git runs in a terminal, and it asks the core that works in
 * the data directory, starting one where none does. git waits for it: no
 * imports but Node's own, and what is rarely used is loaded when it is used.
 */
import { readSync, writeSync } from 'node:fs';
import { connect } from 'node:net';
import path from 'node:path';
import { callAgent, type TerminalNote } from '../data/agent-call';
import { readAgentFile } from '../data/agent-file';
import { defaultDataDirectory } from '../data/directory';

/** git's requests are a few hundred bytes. */
const largest = 1024 * 1024;

/** Standard input to its end; null: more than any request. */
function readInput(): Buffer | null {
  const chunks: Buffer[] = [];
  let size = 0;
  for (;;) {
    const chunk = Buffer.allocUnsafe(65_536);
    let length = 0;
    try {
      length = readSync(0, chunk);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      // Windows says so of a pipe that was closed.
      if (code === 'EOF') break;
      if (code !== 'EAGAIN') throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5);
      continue;
    }
    if (length === 0) break;
    size += length;
    if (size <= largest) chunks.push(chunk.subarray(0, length));
  }
  return size <= largest ? Buffer.concat(chunks) : null;
}

function end(code: number): never {
  process.exit(code);
}

function print(text: string | Buffer): void {
  const bytes = Buffer.from(text as string);
  let at = 0;
  try {
    while (at < bytes.length) at += writeSync(1, bytes, at);
  } catch {
    // Whoever asked is gone.
  }
}

function tell(sentence: string): void {
  try {
    writeSync(2, `polyforge: ${sentence}\n`);
  } catch {
    // Nobody reads it.
  }
}

/** What git should do without an answer stands in `answer`. */
function complain(sentence: string, answer = ''): never {
  tell(sentence);
  print(answer);
  end(1);
}

function base64(text: string | Buffer): string {
  return Buffer.from(text as string).toString('base64');
}

/** Sends a request to the lease of an operation of ours (channel.ts); calls back with what it answered, nothing where it did not. */
function askApplication(
  { address, token }: { address: string; token: string },
  action: string,
  input: Buffer,
  done: (answer: Buffer) => void,
): void {
  const chunks: Buffer[] = [];
  const socket = connect(address);
  // Its own side stays open while it waits: the end of it is the end of the question.
  socket.on('connect', () => socket.write(`${token} ${action} ${base64(input)}\n`));
  socket.on('error', () => undefined);
  socket.on('data', (chunk: Buffer) => chunks.push(chunk));
  socket.on('close', () => done(Buffer.concat(chunks)));
}

/** ssh's question is an argument. Its standard input is git's line to the server: not a byte of it is ours. */
function askForSsh(operation: { address: string; token: string }): void {
  const hint = process.env['SSH_ASKPASS_PROMPT'] ?? '';
  const kind = hint === 'confirm' || hint === 'none' ? hint : 'entry';
  const request = { prompt: process.argv[3] ?? '', kind, asker: String(process.ppid) };
  askApplication(operation, 'askpass', Buffer.from(JSON.stringify(request)), (answer) => {
    // An empty answer would be a yes to some questions; a failure is none.
    if (answer[0] !== 0x3d) end(1);
    print(answer.subarray(1));
    end(0);
  });
}

/** What the user can do about having no credential. */
const sentences: Record<TerminalNote, string> = {
  locked:
    'The passwords Polyforge keeps are locked. Open Polyforge and unlock them, or name a file with the passphrase in POLYFORGE_PASSPHRASE_FILE.',
  'passphrase-file':
    'The passwords Polyforge keeps are locked, and the file in POLYFORGE_PASSPHRASE_FILE does not open them. Only you may be able to read it (chmod 600), and it has to hold the right passphrase.',
  refused:
    'The server refused what was given for this address. Open Polyforge and replace the token or password, then try again.',
  'several-accounts': 'Several accounts fit this address. Open Polyforge and choose one for this repository.',
  'other-host':
    'This repository comes from another server. Open Polyforge, and it will ask whether to sign in to this one too.',
  'unread-remote':
    'Polyforge cannot read the address of this repository’s remote, so it signs in nowhere for it. “git remote -v” shows it.',
};

function askAgent(action: string, input: Buffer): void {
  const dataDirectory = defaultDataDirectory();
  const folder = process.cwd();
  const gitDirectory = process.env['GIT_DIR'];
  const words = [
    action,
    base64(input),
    base64(folder),
    gitDirectory ? base64(path.resolve(folder, gitDirectory)) : '',
    process.env['POLYFORGE_INTERACTIVE'] === 'never' ? 'no' : 'yes',
  ];
  const finish = (answer: string, note?: TerminalNote): never => {
    if (note !== undefined) tell(sentences[note]);
    print(answer);
    return end(0);
  };
  const broken = (): never =>
    complain('Polyforge ended before it had answered. Try again.', action === 'get' ? 'quit=1\n' : '');
  const file = readAgentFile(dataDirectory);
  callAgent(file ?? { address: null, token: null }, words, (outcome) => {
    if ('answer' in outcome) return finish(outcome.answer, outcome.note);
    if (outcome.none === 'broken') return broken();
    return void import('./agent-start').then(({ startAgent }) =>
      startAgent(dataDirectory, file, words, (started) => {
        if ('answer' in started) finish(started.answer, started.note);
        else if ('none' in started) broken();
        else complain(started.sentence);
      }),
    );
  });
}

function main(): void {
  const action = process.argv[2] ?? '';
  const address = process.env['POLYFORGE_CREDENTIAL_SOCKET'];
  const token = process.env['POLYFORGE_CREDENTIAL_TOKEN'];
  const operation = address === undefined || token === undefined ? null : { address, token };
  if (action === 'askpass') {
    if (operation === null) end(1);
    askForSsh(operation);
    return;
  }
  // gitcredentials(7): a helper says nothing to an action it does not know.
  if (!/^(get|store|erase)$/.test(action)) end(0);
  const input = readInput();
  if (input === null) end(0);
  if (operation === null) {
    askAgent(action, input);
    return;
  }
  // Without an answer git says itself that it has no credentials.
  askApplication(operation, action, input, (answer) => {
    print(answer);
    end(0);
  });
}

main();
