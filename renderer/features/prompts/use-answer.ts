import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { Answer } from '../../../shared/contract/prompts';
import type { AppError } from '../../../shared/errors';
import { client, query, toAppError } from '../../rpc/client';

/** Sends answers. Not a mutation: answers hold secrets and must not stay in a cache. */
export function useAnswer() {
  const queries = useQueryClient();
  const [isPending, setPending] = useState(false);
  const [failure, setFailure] = useState<AppError | null>(null);
  const [answered, setAnswered] = useState<ReadonlySet<string>>(new Set());
  const answer = async (id: string, given: Answer) => {
    if (isPending) return;
    setPending(true);
    setFailure(null);
    try {
      await client.prompts.answer({ id, answer: given });
      setAnswered((before) => new Set(before).add(id));
    } catch (error) {
      const reason = toAppError(error);
      // Its operation ended in the same moment: there is nothing left to answer.
      if (reason.kind === 'gone') setAnswered((before) => new Set(before).add(id));
      else setFailure(reason);
    } finally {
      setPending(false);
      void queries.invalidateQueries({ queryKey: query.prompts.open.key() });
    }
  };
  return { answer, failure, isPending, answered };
}
