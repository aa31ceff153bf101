import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CauseRow, Place } from './causes';
import { rows as azure } from './causes-azure';
import { rows as bitbucket } from './causes-bitbucket';
import { rows as github } from './causes-github';
import { rows as gitlab } from './causes-gitlab';
import { rows as network } from './causes-network';
import { expectOrder, openSurgery, runRow, type Surgery } from './run-row';

const rows: CauseRow[] = [...network, ...github, ...gitlab, ...bitbucket, ...azure];

const nowhere: Place = { origin: 'http://127.0.0.1', host: '127.0.0.1', api: 'http://localhost', evil: '' };

describe('the Connection Doctor names', () => {
  let surgery: Surgery;
  beforeAll(async () => {
    surgery = await openSurgery();
  });
  afterAll(async () => {
    await surgery.close();
    const products = new Set(rows.map((row) => row.of));
    console.log(`${rows.length} causes, served by ${products.size} products and versions`);
  });

  it.each(rows.map((row): [string, string, CauseRow] => [row.of, row.name, row]))(
    '%s: %s',
    async (_of, _name, row) => {
      const run = await runRow(surgery, row);
      const { diagnosis, server } = run;
      const expected = row.expect({
        origin: server.origin,
        host: `127.0.0.1:${server.port}`,
        api: server.origin.replace('127.0.0.1', 'localhost'),
        evil: '',
      });
      const found = diagnosis.finding;
      const why = `${JSON.stringify(found)} ${diagnosis.report}\nanswered 404: ${server.unnamed.join(', ')}`;
      expect(found?.cause ?? null, why).toBe(expected.cause);
      expectOrder(run);
      if (expected.step)
        expect(diagnosis.steps.find(({ state }) => state === 'failed')?.step, why).toBe(expected.step);
      if (expected.remedy) expect(found?.remedy, why).toMatchObject(expected.remedy);
      for (const [name, value] of Object.entries(expected.facts ?? {}))
        expect(found?.facts[name], `${name}: ${why}`).toMatch(value);
      const warned = diagnosis.warnings.map(({ cause }) => cause).sort();
      expect(warned, why).toEqual([...(expected.warnings ?? [])].sort());
    },
  );

  it('at least sixty causes, of every provider', () => {
    const causes = rows.filter((row) => row.expect(nowhere).cause !== null);
    expect(causes.length).toBeGreaterThanOrEqual(60);
    for (const product of [
      /GitHub/,
      /GitLab/,
      /Bitbucket.*Cloud|Cloud/,
      /Data Center/,
      /Azure DevOps Services/,
      /Azure DevOps Server/,
    ])
      expect(
        rows.some(({ of }) => product.test(of)),
        String(product),
      ).toBe(true);
  });
});
