import { Buffer } from 'node:buffer';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

/** Names of secrets and the secrets themselves. */
export type Secrets = Record<string, string>;

/** What of the Base64 text does not depend on the bytes around the secret, for each of the three places it can begin at. */
function base64Forms(secret: string): string[] {
  const bytes = Buffer.from(secret, 'utf8');
  return [0, 1, 2].map((offset) => {
    const text = Buffer.concat([Buffer.alloc(offset), bytes])
      .toString('base64')
      .replace(/=+$/, '');
    const whole = (offset + bytes.length) % 3 === 0;
    return text.slice(offset === 0 ? 0 : offset + 1, whole ? undefined : -1);
  });
}

/** Every way a secret might be written down. */
export function writtenForms(secret: string): { form: string; bytes: Buffer }[] {
  const hex = Buffer.from(secret, 'utf8').toString('hex');
  const wide = Buffer.from(secret, 'utf16le');
  const texts: [string, string][] = [
    ['plain', secret],
    ['as JSON', JSON.stringify(secret).slice(1, -1)],
    ['percent-encoded', encodeURIComponent(secret)],
    ['form-encoded', new URLSearchParams({ a: secret }).toString().slice(2)],
    ...base64Forms(secret).flatMap((text, offset): [string, string][] => [
      [`Base64 from byte ${offset}`, text],
      [`Base64 for addresses from byte ${offset}`, text.replaceAll('+', '-').replaceAll('/', '_')],
    ]),
    ['hexadecimal', hex],
    ['capital hexadecimal', hex.toUpperCase()],
  ];
  const forms = texts.map(([form, text]) => ({ form, bytes: Buffer.from(text, 'utf8') }));
  forms.push(
    { form: 'UTF-16', bytes: wide },
    { form: 'UTF-16, big end first', bytes: Buffer.from(wide).swap16() },
  );
  return forms.filter(({ bytes }, index) => forms.findIndex((other) => other.bytes.equals(bytes)) === index);
}

/** One line for each secret and form found. */
export type Search = (where: string, content: string | Buffer) => string[];

export function searchFor(secrets: Secrets): Search {
  const needles = Object.entries(secrets).flatMap(([name, secret]) =>
    writtenForms(secret).map(({ form, bytes }) => ({ name, form, bytes })),
  );
  return (where, content) => {
    const bytes = typeof content === 'string' ? Buffer.from(content, 'utf8') : content;
    return needles
      .filter((needle) => bytes.includes(needle.bytes))
      .map(({ name, form }) => `${name} (${form}) in ${where}`);
  };
}

/** Every file below a directory, names as well. Files that go away meanwhile are passed over. */
export function searchDirectory(search: Search, directory: string): { files: number; found: string[] } {
  let files = 0;
  const found: string[] = [];
  for (const entry of readdirSync(directory, { recursive: true, withFileTypes: true })) {
    const file = path.join(entry.parentPath, entry.name);
    found.push(...search(`the name ${entry.name}`, entry.name));
    if (!entry.isFile()) continue;
    try {
      found.push(...search(file, readFileSync(file)));
      files += 1;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    }
  }
  return { files, found };
}

interface Process {
  pid: number;
  parent: number;
  name: string;
  arguments: string;
}

/** Throws when it has ended. */
function processAt(entry: string): Process {
  const stat = readFileSync(`/proc/${entry}/stat`, 'latin1');
  const end = stat.lastIndexOf(')');
  return {
    pid: Number(entry),
    parent: Number(stat.slice(end + 2).split(' ')[1]),
    name: stat.slice(stat.indexOf('(') + 1, end),
    arguments: readFileSync(`/proc/${entry}/cmdline`, 'utf8'),
  };
}

function processes(): Process[] {
  const all: Process[] = [];
  for (const entry of readdirSync('/proc')) {
    if (!/^\d+$/.test(entry)) continue;
    try {
      all.push(processAt(entry));
    } catch {
      // It has ended.
    }
  }
  return all;
}

/** A fork of ours that becomes git has git's arguments and environment a moment before its name. */
function isNamedGit(one: Process): boolean {
  const program = one.arguments.split('\0')[0] ?? '';
  return one.name.startsWith('git') || program.slice(program.lastIndexOf('/') + 1).startsWith('git');
}

export interface ProcessWatch {
  /** Looks once, now. */
  look(): void;
  stop(): void;
  readonly found: Set<string>;
  /** Arguments of everything that was started below the watched process. */
  readonly started: Set<string>;
}

/**
 * Looks again and again at the arguments of every process of this machine,
 * and at the environment of those that are neither git nor started by git:
 * git is told a header through its environment. `git`: at theirs as well.
 */
export function watchProcesses(search: Search, below: number, also?: 'git'): ProcessWatch {
  const found = new Set<string>();
  const started = new Set<string>();
  const known = new Set<string>();
  const look = () => {
    const all = new Map(processes().map((one) => [one.pid, one]));
    for (const one of all.values()) {
      const key = `${one.pid} ${one.name} ${one.arguments}`;
      if (known.has(key)) continue;
      known.add(key);
      let isGit = false;
      let isBelow = false;
      for (let at: Process | undefined = one; at; at = all.get(at.parent)) {
        if (isNamedGit(at)) isGit = true;
        if (at.pid === below) isBelow = true;
      }
      if (isBelow) started.add(one.arguments.replaceAll('\0', ' ').trim());
      for (const hit of search(`the arguments of ${one.name}`, one.arguments)) found.add(hit);
      if (isGit && also !== 'git') continue;
      try {
        const environment = readFileSync(`/proc/${one.pid}/environ`);
        const now = processAt(String(one.pid));
        if (now.name !== one.name || now.arguments !== one.arguments) {
          // It became another program meanwhile: that one is looked at next time.
          known.delete(key);
          continue;
        }
        for (const hit of search(`the environment of ${one.name}`, environment)) found.add(hit);
      } catch {
        // It has ended, or is not ours to look at.
      }
    }
  };
  const timer = setInterval(look, 20);
  return { look, stop: () => clearInterval(timer), found, started };
}
