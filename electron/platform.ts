import type { AppEvent } from '../shared/contract/application';

/**
 * Where one kind of machine keeps short secrets encrypted at rest.
 * `seal` binds the ciphertext to `name`: `open` under another name fails.
 * Errors: AppFailure `secret-unavailable`.
 */
export interface SecretSealer {
  readonly backend: 'os' | 'keyring' | 'passphrase' | 'session';
  seal(name: string, plaintext: string): Promise<string>;
  open(name: string, sealed: string): Promise<string>;
  /** True once `open` of exactly this text said that the key has changed since: seal the secret again. */
  isOutdated?(sealed: string): boolean;
}

/**
 * Everything the core wants of the machine and its shell; one implementation
 * per host. This is the only door to encryption.
 */
export interface Platform {
  readonly shell: 'desktop' | 'browser';
  readonly version: string;
  /** Absolute. Created with mode 0700. */
  readonly dataDirectory: string;
  /**
   * The encryption of the operating system's own key store: safeStorage in
   * Electron, a key kept in the Secret Service, Keychain or Credential
   * Manager otherwise. Null with one plain sentence in `why` where there is
   * none that can be trusted (Chromium's `basic_text` counts as none).
   */
  systemSealer(): Promise<{ sealer: SecretSealer | null; why: string | null }>;
  /** Opens an https URL in the user's browser. The caller has checked it; implementations check again. */
  openExternal(url: string): Promise<void>;
  /**
   * What the operating system says about the proxy for a URL, in the words of
   * PAC files (`PROXY a:3128; DIRECT`), or null where it says nothing. Absent:
   * this shell cannot ask; the environment's variables are all there is.
   */
  systemProxy?(url: string): Promise<string | null>;
  /** Null: the user closed it. Undefined: this shell has no picker. */
  pickDirectory(title: string, start: string | undefined): Promise<string | null | undefined>;
  /** The file the settings live in: electron-store in Electron, conf elsewhere; same file, same schema. */
  openSettings(options: SettingsOptions): SettingsFile;
  /** Tells the user outside the page. Absent: this shell's page is the only place. */
  notify?(notification: MachineNotification): void;
  /** Writes one line to the shell's log (standard error). The caller has masked secrets. */
  log(line: string): void;
  /** Absolute path of the credential helper git starts, and how to run it. Outside any archive. */
  readonly credentialHelper: { program: string; args: string[]; env: Record<string, string> };
  /** Absolute path or URL of the isomorphic-git worker's bundle. */
  readonly gitWorker: string | URL;
  /** How this shell serves git in a terminal; absent: it does not. */
  readonly terminal?: TerminalRole;
}

/** What git in a terminal needs of the shell. */
export interface TerminalRole {
  /** What becomes a core without a window, for a helper that finds none running. */
  start: { program: string; args: string[]; env: Record<string, string> };
  /** Absolute path of the program that runs the helper where our own is gone when we are (a mounted image); a copy of the helper's bundle is then kept. */
  lastingProgram?: string;
  /** Absolute path of a file that holds the vault's passphrase (POLYFORGE_PASSPHRASE_FILE). */
  passphraseFile?: string;
  /** Brings a page before the user, who has a question to answer. Absent: only a page that is there can ask. */
  summon?(): void;
  /** Another start wants the data directory: true when this process ends for it. Absent: it never does. */
  giveWay?(): boolean;
  /** Called after so many milliseconds in which nothing was asked. */
  idle?: { milliseconds: number; end(): void };
}

export interface MachineNotification {
  title: string;
  text: string;
  /** The user clicked it; the shell has brought its window to the front. */
  opened: () => void;
}

export interface SettingsOptions {
  /** Directory of config.json. */
  directory: string;
}

/** The part of conf that storage needs. Values are JSON. */
export interface SettingsFile {
  readonly path: string;
  get(key: string): unknown;
  /** Writes the whole file: temporary file, fsync, rename, mode 0600. Throws the system's error. */
  set(key: string, value: unknown): void;
}

/** How services tell every page what happened. */
export interface EventSink {
  emit(event: AppEvent): void;
}

/** What happened, for the parts of the core that go on when something is put right elsewhere. */
export interface EventSource {
  /** Calls back after each event, until the returned function is called. */
  listen(listener: (event: AppEvent) => void): () => void;
}
