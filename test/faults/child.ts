// The process that is killed: builds an engine, says so, and does what it is told.
import { appendFileSync } from 'node:fs';
import { type AppError, AppFailure } from '../../shared/errors';
import { type EngineName, makeEngine } from './engines';
import { type OperationName, operations, type Place } from './operations';

export interface ChildSetup {
  engine: EngineName;
  worker: string;
  scratch: string;
}

/** What the parent sends: first a setup, then orders one by one. */
export interface Order {
  operation: OperationName;
  place: Omit<Place, 'track'>;
  /** Where the folders of clones are written down. */
  record: string;
  points: { mode: 'off' | 'count' | 'kill' | 'full'; at: number };
}

export type Report =
  | { type: 'ready'; offered: OperationName[] }
  | { type: 'done'; result: unknown; points: number }
  | { type: 'failed'; error: AppError | { kind: 'foreign'; detail: string }; points: number };

/** write-points.mjs, preloaded. */
const { writePoints } = globalThis as unknown as {
  writePoints: { arm(mode: Order['points']['mode'], at?: number): void; seen(): number };
};
const tell = (report: Report) => process.send?.(report);
const setup = JSON.parse(process.argv[2] ?? '') as ChildSetup;
const { engine } = await makeEngine(setup.engine, setup.worker, setup.scratch);

process.on('message', (order: Order) => void obey(order));
process.on('disconnect', () => process.exit(0));
tell({
  type: 'ready',
  offered: (Object.keys(operations) as OperationName[]).filter((name) => operations[name].offered(engine)),
});

async function obey({ operation, place, record, points }: Order): Promise<void> {
  const track = (folder: string) => appendFileSync(record, `${folder}\n`);
  const { signal } = new AbortController();
  writePoints.arm(points.mode, points.at);
  try {
    const result: unknown = await operations[operation].perform(engine, { ...place, track }, { signal });
    const seen = writePoints.seen();
    writePoints.arm('off');
    tell({ type: 'done', result, points: seen });
  } catch (error) {
    const seen = writePoints.seen();
    writePoints.arm('off');
    tell({
      type: 'failed',
      error:
        error instanceof AppFailure
          ? error.error
          : { kind: 'foreign', detail: String(error instanceof Error ? error.stack : error) },
      points: seen,
    });
  }
}
