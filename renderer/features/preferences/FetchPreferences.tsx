import { Checkbox, Select, Stack } from '@mantine/core';
import type { Preferences } from '../../../shared/contract/preferences';

const intervals = [
  { value: '0', label: 'Never' },
  { value: '5', label: 'Every 5 minutes' },
  { value: '15', label: 'Every 15 minutes' },
  { value: '30', label: 'Every 30 minutes' },
  { value: '60', label: 'Every hour' },
  { value: '240', label: 'Every 4 hours' },
];

/** How repositories on this machine keep up with their servers. */
export function FetchPreferences({
  preferences,
  change,
}: {
  preferences: Preferences;
  change: (
    to: Partial<Pick<Preferences, 'backgroundFetchMinutes' | 'fetchPrune' | 'writeCommitGraph'>>,
  ) => void;
}) {
  const minutes = String(preferences.backgroundFetchMinutes);
  const isListed = intervals.some(({ value }) => value === minutes);
  return (
    <Stack gap={8}>
      <Select
        label="Fetch in the background"
        description="Repositories you opened in the last month. Asks nothing; waits longer after a failure."
        styles={{ wrapper: { maxWidth: 320 } }}
        data={isListed ? intervals : [...intervals, { value: minutes, label: `Every ${minutes} minutes` }]}
        value={minutes}
        allowDeselect={false}
        onChange={(value) => value !== null && change({ backgroundFetchMinutes: Number(value) })}
      />
      <Checkbox
        label="When fetching, forget branches that are gone on the server"
        description="Only Polyforge’s copy of the server’s branches; your own stay."
        checked={preferences.fetchPrune}
        onChange={(event) => change({ fetchPrune: event.currentTarget.checked })}
      />
      <Checkbox
        label="Write Git’s commit-graph file for large repositories"
        description="In the background, inside .git; their history opens faster, in a terminal as well."
        checked={preferences.writeCommitGraph}
        onChange={(event) => change({ writeCommitGraph: event.currentTarget.checked })}
      />
    </Stack>
  );
}
