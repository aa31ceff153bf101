import { resolveName } from '../../network/probe';
import { targetOf } from '../../network/connect';
import { errorOfObstacle, ofObstacle } from '../obstacles';
import { outcome, type Step } from '../examination';
import { targetsOf, urlOf } from '../targets';

/** Do the names of the servers, or of the proxy on the way to them, stand for addresses? */
export const dns: Step = async (examination) => {
  const { parts, signal } = examination;
  const notes: string[] = [];
  const asked = new Set<string>();
  for (const target of targetsOf(examination)) {
    const { proxy } = await parts.network.route(urlOf(target));
    // Behind a proxy, it is the proxy that knows the server's name.
    const name = proxy ? targetOf(proxy.url).host : target.host;
    if (asked.has(name)) continue;
    asked.add(name);
    const found = await resolveName(name, signal, parts.patience);
    if (!found.ok) {
      const finding = ofObstacle(found);
      return outcome.failed(
        proxy
          ? {
              ...finding,
              cause: 'proxy-unreachable',
              remedy: { kind: 'network-preferences' },
              facts: { ...finding.facts, proxy: name, host: target.host },
            }
          : finding,
        errorOfObstacle(found),
        ...notes,
      );
    }
    notes.push(
      found.addresses[0] === name
        ? `${name} is an address, there is no name to look up`
        : `${proxy ? 'proxy ' : ''}${name}: ${found.addresses.slice(0, 6).join(', ')}`,
    );
  }
  return outcome.passed(...notes);
};
