import type { Diagnosis, StepReport } from '../../shared/contract/doctor';
import { fail } from '../../shared/errors';
import { afterSignIn } from '../credentials/account-state';
import { secretName } from '../credentials/sessions';
import type { DoctorParts } from '../doctor/examination';
import { diagnose, type Learned } from '../doctor/run';
import type { EventSink } from '../platform';
import type { Storage } from '../storage/storage';
import { os } from './procedure';
import { produce } from './stream';

export type DoctorServiceParts = Omit<DoctorParts, 'storage'> & { storage: Storage; events: EventSink };

export function doctorService(parts: DoctorServiceParts) {
  const { storage, events } = parts;

  /** What the run showed is the newest that is known of the account, unless it was edited meanwhile. */
  const remember = ({ account: examined, test }: Learned) => {
    const account = storage.accounts.find(examined.id);
    if (!account || secretName(account) !== secretName(examined)) return;
    // The refusal of a token that was replaced meanwhile says nothing about the new one.
    if (!test.ok && account.lastChecked !== examined.lastChecked) return;
    storage.accounts.put(afterSignIn(account, test));
    events.emit({ type: 'accounts.changed' });
  };

  return os.doctor.router({
    run: os.doctor.run.handler(async function* ({ input, signal }) {
      const diagnosis = yield* produce<StepReport, Diagnosis>(signal, async (emit, stop) => {
        const run = await diagnose(parts, input, emit, stop);
        if (run.learned) remember(run.learned);
        return run.diagnosis;
      });
      return diagnosis ?? fail({ kind: 'cancelled' });
    }),
  });
}
