// `npm run test:faults [-- --only NAME] [--engine system|isomorphic] [--seed N]`: kills, full disks, cut and stalled lines, two
// writers, on both engines. One line for each; ends with 1 where anything was wrong.
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { runnerImport } from 'vite';

const folder = path.dirname(fileURLToPath(import.meta.url));
const { values } = parseArgs({
  options: {
    only: { type: 'string' },
    engine: { type: 'string' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
  },
});
const { module } = await runnerImport(path.join(folder, 'run.ts'), {
  root: path.resolve(folder, '../..'),
  configFile: false,
});
process.exit(await module.runFaults(values.only, values.engine, Number(values.seed)));
