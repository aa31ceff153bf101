import type { AppError } from '../../shared/errors';
import type { ErrorAction, NetworkRequest } from './actions';
import { capital } from './capital';
import type { Described, ErrorPlace } from './describe';

type Unreachable = Extract<AppError, { kind: 'host-unreachable' }>;
type Certificate = Extract<AppError, { kind: 'certificate' }>;

const retry = (place: ErrorPlace): ErrorAction | undefined =>
  place.retry ? { kind: 'retry', label: 'Try again' } : undefined;

const unreachable: Record<Unreachable['cause'], string> = {
  dns: 'No server is known under this name. Check the address for a typing error and that you are online or in the right VPN.',
  refused: 'The machine answers, but nothing listens there. Check the port, and that the server is running.',
  timeout: 'No answer came in time. Check your network or VPN, then try again.',
  reset: 'The connection was cut. A firewall or VPN may be in between; try again.',
  proxy: 'The proxy did not let the request through. Check the proxy settings.',
  'plain-http':
    'The server does not speak https at this port. Check the port, or write http:// if the server offers nothing else.',
  other:
    'The connection could not be made, or broke off. Check the address and your network, then try again.',
};

/** Many networks let the web through and nothing else. */
const overSsh: Partial<Record<Unreachable['cause'], string>> = {
  refused:
    'Nothing listens for ssh there. Check the port; or use the repository’s https address, which most networks let through.',
  timeout:
    'No answer came to ssh in time. A firewall may close its port: use the repository’s https address, or another network.',
  reset:
    'The ssh connection was cut. A firewall may be in between: use the repository’s https address, or try again.',
};

/** The proxy's part of it, where it is known. */
const proxies: Record<NonNullable<Unreachable['proxy']>, string> = {
  unreachable:
    'The proxy that leads there cannot be reached. Check its address, and that you are in the right network.',
  'wants-sign-in':
    'The proxy that leads there wants a user name and password, or those it got are wrong. Put them in.',
  refuses: 'The proxy that leads there refuses this server. Ask its administrator, or use another way.',
};

const networkPreferences = (label: string, network?: NetworkRequest): ErrorAction => ({
  kind: 'open-preferences',
  label,
  section: 'network',
  ...(network ? { network } : {}),
});

function unreachableAction(error: Unreachable, place: ErrorPlace): ErrorAction | undefined {
  if (error.cause !== 'proxy') return retry(place);
  return error.proxy === 'wants-sign-in'
    ? networkPreferences('Sign in to the proxy', { add: 'proxy-password' })
    : networkPreferences('Proxy settings');
}

function certificateAction(error: Certificate, place: ErrorPlace): ErrorAction | undefined {
  switch (error.cause) {
    case 'self-signed':
    case 'unknown-issuer':
      return networkPreferences('Look at the certificate', { add: 'authority', host: error.host });
    case 'client-required':
    case 'client-refused':
      return networkPreferences('Add a client certificate', { add: 'client-certificate', host: error.host });
    default:
      return retry(place);
  }
}

const certificate: Record<Certificate['cause'], string> = {
  'self-signed':
    'Its certificate is signed by itself. If your administrator confirms its fingerprint, trust it for this server.',
  'unknown-issuer':
    'Its certificate comes from an authority this system does not know. If it is your company’s, trust it for this server.',
  expired: 'Its certificate has expired. The server’s administrator must renew it.',
  'not-yet-valid': 'Its certificate is not valid yet. Check the date and time of this machine.',
  'wrong-name':
    'Its certificate belongs to another name. Use the host name the certificate was made for, or tell the administrator.',
  'client-required':
    'It only talks to machines that show a client certificate. Your administrator gives you one; add it for this server.',
  'client-refused':
    'It does not accept the client certificate it was shown. It may have expired or been withdrawn; ask your administrator for a new one.',
  other: 'Its certificate cannot be trusted. Ask the server’s administrator.',
};

/** What the certificate says of itself; codes of libraries are no words for users. */
function certificateDetail({ detail }: Certificate): string | undefined {
  return detail?.startsWith('issued by') ? `${capital(detail)}.` : undefined;
}

/** Failures on the way to a server. */
export function describeConnection(error: Unreachable | Certificate, place: ErrorPlace): Described {
  switch (error.kind) {
    case 'host-unreachable':
      // The page's own connection reports itself under this name.
      if (error.host === 'Polyforge')
        return {
          title: 'Polyforge does not answer',
          text: 'The connection to it on this machine is lost. Start it again if it does not come back by itself.',
          action: retry(place),
        };
      return {
        title: `${error.host} cannot be reached`,
        text:
          (error.cause === 'proxy' && error.proxy && proxies[error.proxy]) ||
          (error.ssh && overSsh[error.cause]) ||
          unreachable[error.cause],
        action: unreachableAction(error, place),
        field: error.cause === 'dns' || error.cause === 'plain-http' ? 'url' : undefined,
      };
    case 'certificate':
      return {
        title: `The connection to ${error.host} is not safe`,
        text: [certificate[error.cause], certificateDetail(error)].filter(Boolean).join(' '),
        action: certificateAction(error, place),
      };
    default:
      return error satisfies never;
  }
}
