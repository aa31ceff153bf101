/** How one address is reached. Holds secrets: it never leaves the core, an argument list or a log. */
export interface Route {
  /**
   * Null: straight. `url` is `http://host:port`, `https://host:port` or
   * `socks5://host:port`, without user and password. `authorities`: PEM texts
   * trusted for a proxy that is itself spoken to over TLS.
   */
  proxy: {
    url: string;
    credential: { username: string; password: string } | null;
    authorities?: readonly string[];
  } | null;
  /** PEM texts trusted for this host besides the system's and Node's own. */
  authorities: readonly string[];
  /** What this host wants to see of us; PEM. */
  client: { certificate: string; key: string; passphrase: string | null } | null;
  /**
   * The system was asked and named no proxy: programs with settings of their
   * own (git's http.proxy) may follow those.
   */
  undecided?: boolean;
}

/** A route as files, for programs that read certificates from nowhere else. */
export interface RouteFiles {
  /** Absolute path of a PEM file with every authority this route trusts, the system's included; null: nothing to add. */
  authorities: string | null;
  /** As `authorities`, for the proxy. */
  proxyAuthorities: string | null;
  /** The key's file is encrypted; its random passphrase is nowhere else. */
  client: { certificate: string; key: string; passphrase: string } | null;
  /** Removes what was written for this operation alone. Never rejects. */
  remove(): Promise<void>;
}

/**
 * The one answer to "how do I reach this?", for the providers' requests, both
 * git engines and the Connection Doctor. There is no way to switch a check off.
 */
export interface Network {
  /**
   * The route to a URL's origin (http or https). Never prompts. Rejects
   * `secret-unavailable` (`locked`) where a stored proxy password or client key
   * cannot be read before the vault is unlocked, and `unsupported` where the
   * system names a proxy of a kind nothing here speaks.
   */
  route(url: URL): Promise<Route>;
  /** Calls back whenever routes may have changed; returns the way to stop. */
  onChange(listener: () => void): () => void;
}

/** A network that can write its routes down for another program. */
export interface NetworkWithFiles extends Network {
  /** Rejects `disk-full` and `directory-not-writable`. */
  files(route: Route): Promise<RouteFiles>;
}
