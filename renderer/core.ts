import { useMantineColorScheme } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useEffectEvent } from 'react';
import { client, query } from './rpc/client';
import { followEvents, onAppEvent } from './rpc/events';
import { staleAfter } from './rpc/staleness';
import type { Command } from './shortcuts';

/** Follows the core's events for the life of the page: refetches what they make stale, runs menu commands. */
export function useCore(onCommand: (command: Command) => void): void {
  const queries = useQueryClient();
  const run = useEffectEvent(onCommand);
  useEffect(() => {
    const ended = new AbortController();
    const stop = onAppEvent((event) => {
      for (const path of staleAfter(event)) void queries.invalidateQueries({ queryKey: [path] });
      if (event.type === 'command') run(event.command);
    });
    void followEvents(ended.signal, () => void queries.invalidateQueries());
    return () => {
      stop();
      ended.abort();
    };
  }, [queries]);
}

/** Light, dark, or as the system, as the preferences say. Remembered by the page, so the next start does not flash. */
export function useThemePreference(): void {
  const { setColorScheme } = useMantineColorScheme();
  const preferences = useQuery(query.preferences.get.queryOptions());
  const theme = preferences.data?.theme;
  useEffect(() => {
    if (theme) setColorScheme(theme === 'system' ? 'auto' : theme);
  }, [theme, setColorScheme]);
}

/** Opens an address in the system's browser; the core checks it again. */
export function openExternal(url: string, onFailure: (error: unknown) => void): void {
  client.application.openExternal({ url }).catch(onFailure);
}
