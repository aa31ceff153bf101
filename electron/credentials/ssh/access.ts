import { publishedHostKey } from '../../../shared/published-host-keys';
import { type AppError, AppFailure, fail } from '../../../shared/errors';
import { hostWithPort } from '../../../shared/remote-url';
import type { EventSink } from '../../platform';
import type { Storage } from '../../storage/storage';
import type { AccountChoices } from '../account-choice';
import type { CredentialContext, SshAccess, SshAsker, SshQuestionKind } from '../broker';
import type { Ask } from '../shared-question';
import type { Vault } from '../vault';
import { chosenKey } from './chosen-key';
import { wholePath } from './cut-path';
import { canonicalKey } from './key-file';
import { createSavedPassphrases } from './passphrases';
import { parsePrompt, type SshPrompt } from './prompt';

export interface SshParts {
  storage: Pick<Storage, 'accounts' | 'repositories' | 'sshKeys' | 'sshPassphrases'>;
  vault: Pick<Vault, 'get' | 'set'>;
  choices: Pick<AccountChoices, 'choose' | 'resolve'>;
  ask: Ask;
  events: EventSink;
  log: (line: string) => void;
}

type HostKey = Extract<SshPrompt, { kind: 'host-key' }>;

/** Characters of a foreign program's text that are shown. */
const longestText = 2000;

/** `[host]:port` as ssh writes it, in the form of our own addresses. */
function plainHost(host: string): string {
  const match = /^\[(.*)\]:(\d+)$/.exec(host);
  if (!match) return host.includes(':') ? `[${host}]` : host;
  const [, name = '', port] = match;
  return `${name.includes(':') ? `[${name}]` : name}:${port}`;
}

/**
 * What one operation over ssh may use: the key chosen for its repository or
 * account, and the user's answers. From what is stored only the passphrase of
 * exactly the key ssh names is given, once for each ssh; nothing else is ever
 * answered without the user.
 */
export function createSshAccess(parts: SshParts, context: CredentialContext): SshAccess {
  const { url, operation, interactive } = context;
  const host = hostWithPort(url);
  const saved = createSavedPassphrases(parts.storage, parts.vault, () =>
    parts.events.emit({ type: 'ssh.changed' }),
  );
  let failure: AppError | null = null;
  /** The user closed a question: whatever ssh asks next, it gets no answer. */
  let isClosed = false;
  /** Questions each ssh has asked, by its id and the question. */
  const asked = new Map<string, number>();
  /** What opened, or may have opened, a key in this operation; kept once the server let ssh in. */
  const typed = new Map<string, { passphrase: string; save: boolean }>();
  const tried = new Set<string>();
  let key: Promise<string | null> | null = null;
  const chosen = () => (key ??= chosenKey(parts, context));

  const hostKey = async (prompt: HostKey, signal: AbortSignal): Promise<string | null> => {
    const named = plainHost(prompt.host);
    const published = publishedHostKey(prompt.host, prompt.fingerprint);
    const answer = await parts.ask(
      {
        kind: 'ssh-host-key',
        operation,
        host: named,
        address: prompt.address === null ? null : plainHost(prompt.address),
        repositoryHost: named.toLowerCase() === host ? null : host,
        keyType: prompt.keyType,
        fingerprint: prompt.fingerprint,
        otherTypesKnown: prompt.otherTypesKnown,
        otherNames: prompt.otherNames,
        published,
      },
      signal,
    );
    // The fingerprint is the stronger yes: ssh compares it with the key it has at that moment.
    if (answer.kind === 'ssh-host-key' && answer.accept)
      return prompt.takesFingerprint ? prompt.fingerprint : 'yes';
    isClosed = true;
    failure = {
      kind: 'ssh-host-key-unknown',
      host: named,
      reason: 'declined',
      fingerprint: prompt.fingerprint,
      published,
    };
    return null;
  };

  /** `times`: how often this ssh has asked for the same key before. */
  const passphrase = async (
    prompt: Extract<SshPrompt, { kind: 'passphrase' }>,
    times: number,
    { asker, signal }: { asker: SshAsker; signal: AbortSignal },
  ): Promise<string | null> => {
    const named = prompt.isCut
      ? ((await wholePath(prompt.keyPath, await chosen())) ?? prompt.keyPath)
      : prompt.keyPath;
    const keyPath = await canonicalKey(named);
    let reason: 'needed' | 'wrong' = times > 0 ? 'wrong' : 'needed';
    if (keyPath !== null) {
      const before = typed.get(keyPath);
      if (times > 0) {
        typed.delete(keyPath);
        if (tried.delete(`${asker.id} ${keyPath}`)) saved.mark(keyPath, 'refused');
      } else if (before) return before.passphrase;
      else {
        const found = await saved.find(keyPath);
        if (found === 'refused') reason = 'wrong';
        else if (found) {
          tried.add(`${asker.id} ${keyPath}`);
          return found.passphrase;
        }
      }
    }
    const shownPath = keyPath ?? prompt.keyPath.slice(0, longestText);
    failure = { kind: 'ssh-passphrase', host, keyPath: shownPath, reason: times > 0 ? 'wrong' : 'not-given' };
    const answer = await parts.ask(
      {
        kind: 'ssh-passphrase',
        operation,
        host,
        path: url.path,
        keyPath: shownPath,
        reason,
        canSave: keyPath !== null,
      },
      signal,
    );
    if (answer.kind !== 'ssh-passphrase') {
      isClosed = true;
      return null;
    }
    if (times === 0) failure = null;
    // An empty one makes ssh go on with its next key.
    if (keyPath !== null && answer.passphrase !== '')
      typed.set(keyPath, { passphrase: answer.passphrase, save: answer.save });
    return answer.passphrase;
  };

  const password = async (
    user: string,
    at: string,
    times: number,
    signal: AbortSignal,
  ): Promise<string | null> => {
    const answer = await parts.ask(
      { kind: 'ssh-password', operation, user, host: at, reason: times > 0 ? 'wrong' : 'needed' },
      signal,
    );
    if (answer.kind === 'ssh-password') return answer.password;
    isClosed = true;
    return null;
  };

  const other = async (
    text: string,
    wants: 'entry' | 'confirm',
    at: string,
    signal: AbortSignal,
  ): Promise<string | null> => {
    const shown = text.slice(0, longestText);
    const answer = await parts.ask(
      { kind: 'program-question', operation, host: at, text: shown, wants },
      signal,
    );
    if (answer.kind === 'program-question') return answer.text;
    isClosed = true;
    return null;
  };

  const respond = async (text: string, kind: SshQuestionKind, asker: SshAsker): Promise<string | null> => {
    if (context.signal.aborted) fail({ kind: 'cancelled' });
    const prompt = parsePrompt(text, kind);
    if (!interactive || isClosed || prompt.kind === 'repeated') return null;
    const signal = AbortSignal.any([context.signal, asker.gone]);
    const question = `${asker.id} ${text}`;
    const times = asked.get(question) ?? 0;
    asked.set(question, times + 1);
    switch (prompt.kind) {
      case 'host-key':
        return hostKey(prompt, signal);
      case 'host-key-changed':
        // There is no going on; ssh's own words on its error output tell the rest.
        isClosed = true;
        return null;
      case 'passphrase':
        return passphrase(prompt, times, { asker, signal });
      case 'password':
        return password(prompt.user, plainHost(prompt.host), times, signal);
      case 'git-credential':
        return other(text, 'entry', prompt.host ?? host, signal);
      case 'server-question':
        return other(prompt.text, 'entry', plainHost(prompt.host), signal);
      case 'touch':
        await parts.ask(
          { kind: 'ssh-touch', operation, host, text: prompt.text.slice(0, longestText) },
          signal,
        );
        return null;
      case 'unknown':
        return other(prompt.text, prompt.wants, host, signal);
      default:
        return prompt satisfies never;
    }
  };

  return {
    interactive,
    key: chosen,
    answer: respond,
    async approve() {
      failure = null;
      for (const entry of tried) saved.mark(entry.slice(entry.indexOf(' ') + 1), 'working');
      tried.clear();
      for (const [keyPath, { passphrase: text, save }] of typed) {
        typed.set(keyPath, { passphrase: text, save: false });
        if (!save) continue;
        try {
          await saved.keep(keyPath, text);
        } catch (error) {
          // The operation worked; that it will be asked again is said in the log.
          const why = error instanceof AppFailure ? error.error.kind : 'internal';
          parts.log(`the passphrase of ${keyPath} could not be saved (${why})`);
        }
      }
    },
    get failure() {
      return failure;
    },
  };
}
