import { useQuery } from '@tanstack/react-query';
import { type Ability, abilities } from '../../../shared/engine-abilities';
import { query } from '../../rpc/client';

/** True, or why the engine in use cannot. */
export type Can = (ability: Ability) => true | string;

export function useCan(): Can {
  const info = useQuery(query.application.info.queryOptions());
  const engine = info.data?.engine ?? 'system';
  return (ability) => abilities[ability][engine];
}
