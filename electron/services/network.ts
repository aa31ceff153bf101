import type { ConfiguredNetwork } from '../network/create';
import type { EventSink } from '../platform';
import { os } from './procedure';

export interface NetworkServiceParts {
  network: ConfiguredNetwork;
  events: EventSink;
}

export function networkService({ network, events }: NetworkServiceParts) {
  network.onChange(() => events.emit({ type: 'network.changed' }));
  return os.network.router({
    get: os.network.get.handler(() => network.settings()),
    setProxy: os.network.setProxy.handler(async ({ input }) => {
      await network.setProxy(input);
      return network.settings();
    }),
    addAuthority: os.network.addAuthority.handler(({ input }) => {
      network.addAuthorities(input.host, input.pem);
      return network.settings();
    }),
    shownCertificates: os.network.shownCertificates.handler(({ input, signal }) =>
      network.shownCertificates(input.host, signal ?? new AbortController().signal),
    ),
    trustShown: os.network.trustShown.handler(async ({ input, signal }) => {
      await network.trustShown(input.host, input.fingerprint, signal ?? new AbortController().signal);
      return network.settings();
    }),
    removeAuthority: os.network.removeAuthority.handler(({ input }) => {
      network.removeAuthority(input.id);
      return network.settings();
    }),
    addClientCertificate: os.network.addClientCertificate.handler(async ({ input }) => {
      await network.addClientCertificate(input.host, input);
      return network.settings();
    }),
    removeClientCertificate: os.network.removeClientCertificate.handler(async ({ input }) => {
      await network.removeClientCertificate(input.id);
      return network.settings();
    }),
  });
}
