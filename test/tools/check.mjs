// `npm run check`: types, lint, format and boundaries side by side; prints only what failed.
import { spawn } from 'node:child_process';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');
const bin = (name) => path.join(root, 'node_modules/.bin', name);

const steps = [
  { name: 'types', command: bin('tsc'), args: ['-b'] },
  { name: 'lint', command: bin('oxlint'), args: ['--type-aware'] },
  { name: 'format', command: bin('biome'), args: ['format', '.'] },
  { name: 'boundaries', command: bin('vitest'), args: ['run', 'test/boundaries.test.ts', '--reporter=dot'] },
];

const results = await Promise.all(
  steps.map(
    (step) =>
      new Promise((resolve) => {
        const started = Date.now();
        let output = '';
        const child = spawn(step.command, step.args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
        child.stdout.on('data', (data) => {
          output += data;
        });
        child.stderr.on('data', (data) => {
          output += data;
        });
        child.on('error', (error) =>
          resolve({ step, code: 1, output: String(error), ms: Date.now() - started }),
        );
        child.on('close', (code) => resolve({ step, code, output, ms: Date.now() - started }));
      }),
  ),
);

for (const { step, code, output, ms } of results) {
  console.log(`${code === 0 ? 'ok  ' : 'FAIL'} ${step.name} (${(ms / 1000).toFixed(1)} s)`);
  if (code !== 0) console.log(output);
}
process.exit(results.every((result) => result.code === 0) ? 0 : 1);
