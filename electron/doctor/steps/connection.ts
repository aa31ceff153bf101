import { placeOf } from '../../network/connect';
import { reach } from '../../network/probe';
import { errorOfObstacle, ofObstacle } from '../obstacles';
import { outcome, type Step } from '../examination';
import { targetsOf, urlOf } from '../targets';

/** Can the servers' ports be reached, straight or through the proxy? */
export const connection: Step = async (examination) => {
  const { parts, signal, mask } = examination;
  const notes: string[] = [];
  for (const target of targetsOf(examination)) {
    const route = await parts.network.route(urlOf(target));
    const credential = route.proxy?.credential;
    if (credential) mask.learn(credential.password, [credential.username]);
    const made = await reach(target, route, signal, parts.patience);
    if (!made.ok) return outcome.failed(ofObstacle(made), errorOfObstacle(made), ...notes);
    notes.push(
      route.proxy
        ? `${placeOf(target)} through the proxy ${made.peer}`
        : `${placeOf(target)} answers at ${made.peer}`,
    );
  }
  return outcome.passed(...notes);
};
