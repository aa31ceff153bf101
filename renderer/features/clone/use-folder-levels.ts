import { useCallback, useEffect, useRef, useState } from 'react';
import type { TreeFolder } from '../../../shared/contract/clone-plan';
import { client, toAppError } from '../../rpc/client';
import type { Level, Levels } from './folder-tree';

const begun: Level = { folders: [], state: 'loading', cut: false, error: null };

/** Folders of a repository that is not here yet, each level read when it is first wanted. */
export function useFolderLevels(place: { url: string; accountId: string }): {
  levels: Levels;
  /** Reads a level that is not here, or failed. */
  load: (folder: TreeFolder) => void;
} {
  const { url, accountId } = place;
  const [levels, setLevels] = useState<Levels>(new Map());
  const asked = useRef(new Set<string>());
  const ending = useRef(new AbortController());
  useEffect(() => {
    const controller = new AbortController();
    ending.current = controller;
    const begunHere = asked.current;
    return () => {
      controller.abort();
      begunHere.clear();
    };
  }, []);

  const load = useCallback(
    (folder: TreeFolder) => {
      if (asked.current.has(folder.path)) return;
      asked.current.add(folder.path);
      const { signal } = ending.current;
      const change = (make: (before: Level) => Level) => {
        if (!signal.aborted)
          setLevels((before) => new Map(before).set(folder.path, make(before.get(folder.path) ?? begun)));
      };
      change(() => begun);
      void (async () => {
        try {
          const parts = await client.clonePlan.folders({ url, accountId, folder }, { signal });
          let part = await parts.next();
          for (; part.done !== true; part = await parts.next()) {
            const { value } = part;
            change((before) => ({ ...before, folders: [...before.folders, ...value] }));
          }
          const { cut } = part.value;
          change((before) => ({ ...before, state: 'loaded', cut }));
        } catch (reason) {
          asked.current.delete(folder.path);
          change(() => ({ ...begun, state: 'failed', error: toAppError(reason) }));
        }
      })();
    },
    [url, accountId],
  );
  return { levels, load };
}
