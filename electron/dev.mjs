// `npm run dev`: the browser host with Vite in it. The page reloads hot; a change of the core restarts the core.
import path from 'node:path';
import { parseArgs } from 'node:util';
import { createServer } from 'vite';
import { buildState, dist, ensureBuilt, root } from './build.mjs';

const { values } = parseArgs({
  options: {
    data: { type: 'string' },
    port: { type: 'string' },
    'no-open': { type: 'boolean', default: false },
  },
});
const data = path.resolve(process.env.INIT_CWD ?? process.cwd(), values.data ?? '.polyforge-dev');

// git starts the helper, and the other engine its worker, as built files.
if (buildState() === 'never' && !(await ensureBuilt(console.log))) process.exit(1);

const upgrades = [];
const vite = await createServer({
  configFile: path.join(root, 'vite.config.ts'),
  appType: 'spa',
  // Vite's socket beside ours on the same port. The server is replaced when the core restarts.
  server: {
    middlewareMode: true,
    ws: { server: { on: (event, listener) => event === 'upgrade' && upgrades.push(listener) } },
  },
});

async function startHost(port, token) {
  const { startBrowserHost, openOwnPage } = await vite.environments.browser.runner.import(
    path.join(root, 'electron/browser/main.ts'),
  );
  const host = await startBrowserHost({
    dataDirectory: data,
    port,
    token,
    dist,
    page: (request, response) => {
      // Vite writes inline scripts and styles into the page.
      response.removeHeader('Content-Security-Policy');
      vite.middlewares(request, response);
    },
  });
  if (!host.running) throw new Error(`Already running: ${host.first.url ?? `process ${host.first.pid}`}`);
  for (const upgrade of upgrades) host.server.http.on('upgrade', upgrade);
  return { host, openOwnPage };
}

let { host, openOwnPage } = await startHost(Number(values.port ?? 5173));
console.log(`\n  ${host.url}\n`);
if (!values['no-open'] && !process.env.CI) await openOwnPage(host.url);

let restart;
vite.watcher.on('change', (file) => {
  if (!/[\\/](electron|shared)[\\/]/.test(path.relative(root, file).replace(/^/, path.sep))) return;
  clearTimeout(restart);
  restart = setTimeout(async () => {
    const { port, token } = host.server.door;
    await host.close();
    vite.environments.browser.runner.clearCache();
    try {
      ({ host } = await startHost(port, token));
      console.log('The core was restarted.');
    } catch (error) {
      console.error(error);
    }
  }, 200);
});
vite.watcher.add([path.join(root, 'electron'), path.join(root, 'shared')]);

for (const signal of ['SIGINT', 'SIGTERM'])
  process.on(signal, async () => {
    await host.close().catch(() => undefined);
    await vite.close();
    process.exit(0);
  });
