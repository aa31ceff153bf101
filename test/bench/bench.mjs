// `npm run bench [-- --only NAME] [--large]`: one JSON line per figure: {name, value, unit, ratio, goal}.
// Ratios are of alternating runs on this machine in this run; absolute figures drift.
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { runnerImport } from 'vite';

const folder = path.dirname(fileURLToPath(import.meta.url));
const { values } = parseArgs({
  options: { only: { type: 'string' }, large: { type: 'boolean', default: false } },
});
const { module } = await runnerImport(path.join(folder, 'run.ts'), {
  root: path.resolve(folder, '../..'),
  configFile: false,
});
process.exit(await module.runBench(values.only, values.large));
