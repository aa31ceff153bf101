import type { NetworkWithFiles, Route } from '../../electron/network/network';
import { createRouteFiles } from '../../electron/network/route-files';
import { temporaryDirectory } from './platform';

/** Routes for tests that are not about them: straight, or as told; the files are real ones. */
export function fixedNetwork(
  route: Partial<Route> | ((url: URL) => Partial<Route>) = {},
  directory = temporaryDirectory('polyforge-network-'),
): NetworkWithFiles {
  return {
    route: (url) =>
      Promise.resolve({
        proxy: null,
        authorities: [],
        client: null,
        ...(typeof route === 'function' ? route(url) : route),
      }),
    files: createRouteFiles(directory),
    onChange: () => () => undefined,
  };
}
