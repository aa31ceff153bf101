/** How one address is reached. Holds secrets: it never leaves the core, an argument list or a log. */
export interface Route {
  /** Null: straight. `url` is `http://host:port` or `https://host:port`, without user and password. */
  proxy: { url: string; credential: { username: string; password: string } | null } | null;
  /** PEM texts trusted for this host besides the system's and Node's own. */
  authorities: readonly string[];
  /** What this host wants to see of us; PEM. */
  client: { certificate: string; key: string; passphrase: string | null } | null;
}

/**
 * The one answer to "how do I reach this?", for the providers' requests, both
 * git engines and the Connection Doctor. There is no way to switch a check off.
 */
export interface Network {
  /**
   * The route to a URL's origin (http or https). Never prompts: a proxy
   * password in a locked vault counts as absent.
   */
  route(url: URL): Promise<Route>;
  /** Calls back whenever routes may have changed; returns the way to stop. */
  onChange(listener: () => void): () => void;
}
