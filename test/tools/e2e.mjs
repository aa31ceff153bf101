// `npm run e2e [-- playwright arguments]`: builds if needed, then the stories of test/e2e in a real Chromium.
import path from 'node:path';
import { ensureBuilt, root, run } from '../../electron/build.mjs';
import { ensureChromium } from './chromium.mjs';

try {
  ensureChromium();
} catch (error) {
  console.error(error.message);
  process.exit(1);
}
if (!(await ensureBuilt(console.log))) process.exit(1);
const cli = path.join(root, 'node_modules/@playwright/test/cli.js');
const config = path.join(root, 'test/e2e/playwright.config.ts');
process.exit(
  await run(process.execPath, [cli, 'test', '--config', config, ...process.argv.slice(2)], {
    env: { ...process.env, CI: process.env.CI ?? '1' },
  }),
);
