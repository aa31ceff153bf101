import tls from 'node:tls';

const patience = 3000;

/**
 * Issuer, validity and fingerprint of the certificate a server shows, so that
 * a person can compare it with what the administrator says. Nothing is sent
 * on this connection and nothing it says is believed: the request that failed
 * the check stays failed.
 */
export function describeCertificate(url: URL, signal: AbortSignal): Promise<string | undefined> {
  return new Promise((resolve) => {
    const host = url.hostname.replace(/^\[|\]$/g, '');
    const socket = tls.connect({
      host,
      port: Number(url.port || 443),
      ...(/^[\d.]+$|:/.test(host) ? {} : { servername: host }),
      // Only to read the certificate; see above.
      rejectUnauthorized: false,
      timeout: patience,
    });
    const end = (text?: string) => {
      signal.removeEventListener('abort', stop);
      socket.destroy();
      resolve(text);
    };
    const stop = () => end();
    signal.addEventListener('abort', stop, { once: true });
    socket.once('error', stop);
    socket.once('timeout', stop);
    socket.once('secureConnect', () => {
      const { issuer, valid_to: until, fingerprint256 } = socket.getPeerCertificate();
      const name = [issuer?.CN, issuer?.O].flat().filter(Boolean).join(', ');
      end(
        [
          name && `issued by ${name}`,
          until && `valid until ${until}`,
          fingerprint256 && `SHA-256 ${fingerprint256}`,
        ]
          .filter(Boolean)
          .join('; ')
          .replaceAll(/[\p{Cc}\p{Cf}]/gu, ' ')
          .slice(0, 300) || undefined,
      );
    });
  });
}
