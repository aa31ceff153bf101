import type { Route, RouteFiles } from '../../network/network';
import type { Configuration } from './environment';

/** How the remote is reached, and the same as files git reads. */
export interface Way {
  route: Route;
  files: RouteFiles;
}

const proxies = ['http_proxy', 'https_proxy', 'HTTPS_PROXY', 'all_proxy', 'ALL_PROXY'];
const exceptions = ['no_proxy', 'NO_PROXY'];

/** The proxy's address as git wants it: with a user name alone it asks the credential helper for the password. */
export function gitProxy(proxy: NonNullable<Route['proxy']>): string {
  const user = proxy.credential ? `${encodeURIComponent(proxy.credential.username)}@` : '';
  // The proxy looks up the name, as it does for the providers' requests.
  const [scheme = '', place = ''] = proxy.url.split('://');
  return `${scheme === 'socks5' ? 'socks5h' : scheme}://${user}${place}`;
}

/**
 * A route in git's own settings, for one remote only. Without a proxy an empty
 * http.proxy stands for "none", whatever the environment says; where nobody
 * decided, git's own configuration does.
 */
export function wayConfiguration(
  own: string,
  { route, files }: Way,
): { configuration: Configuration; without: string[] } {
  const configuration: Configuration = [];
  const without = [...proxies];
  if (!route.undecided) {
    configuration.push([`${own}.proxy`, route.proxy ? gitProxy(route.proxy) : '']);
    // Our own list of exceptions has been asked already.
    without.push(...exceptions);
  }
  if (files.proxyAuthorities !== null) configuration.push([`${own}.proxySSLCAInfo`, files.proxyAuthorities]);
  if (files.authorities !== null) {
    // The variables would outrank the setting; what they name is part of the file.
    without.push('GIT_SSL_CAINFO', 'SSL_CERT_FILE', 'SSL_CERT_DIR');
    configuration.push([`${own}.sslCAInfo`, files.authorities]);
    // Else the Windows way of checking certificates looks into the system's store alone.
    if (process.platform === 'win32') configuration.push([`${own}.schannelUseSSLCAInfo`, 'true']);
  }
  if (files.client !== null) {
    configuration.push(
      [`${own}.sslCert`, files.client.certificate],
      [`${own}.sslKey`, files.client.key],
      [`${own}.sslCertPasswordProtected`, 'true'],
    );
    // Schannel reads client certificates from the system's store only.
    if (process.platform === 'win32') configuration.push(['http.sslBackend', 'openssl']);
  }
  return { configuration, without };
}
