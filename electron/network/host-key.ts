import { fail } from '../../shared/errors';
import { hostWithPort, parseServerUrl } from '../../shared/remote-url';

/**
 * `host` or `host:port` (443 left out), as URL.host has it: what certificates
 * are bound to. Accepts a whole address as pasted. Rejects `invalid-input` (`host`).
 */
export function hostKey(text: string): string {
  const typed = text.trim();
  const address = /^[a-z]+:\/\//i.test(typed) ? typed : `https://${typed}`;
  const parsed = parseServerUrl(address);
  if (parsed.ok && parsed.url.protocol === 'https') return hostWithPort(parsed.url);
  return fail({
    kind: 'invalid-input',
    field: 'host',
    reason:
      'Write the host name, with its port where it is not 443: git.example.com or git.example.com:8443.',
  });
}
