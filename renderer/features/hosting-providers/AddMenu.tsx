import { Button, Menu } from '@mantine/core';
import { IconChevronDown, IconPlus } from '@tabler/icons-react';
import type { KindDescriptor } from '../../../shared/contract/accounts';
import { ProviderIcon } from '../../components/ProviderIcon';

/** Add: one entry per kind of hosting provider. */
export function AddMenu({
  kinds,
  onAdd,
  opened,
  onOpened,
}: {
  kinds: KindDescriptor[];
  onAdd: (kind: KindDescriptor) => void;
  opened: boolean;
  onOpened: (opened: boolean) => void;
}) {
  return (
    <Menu
      position="bottom-end"
      withinPortal={false}
      floatingStrategy="fixed"
      opened={opened}
      onChange={onOpened}
    >
      <Menu.Target>
        <Button
          disabled={kinds.length === 0}
          leftSection={<IconPlus size={15} aria-hidden />}
          rightSection={<IconChevronDown size={14} aria-hidden />}
        >
          Add
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {kinds.map((kind) => (
          <Menu.Item
            key={kind.kind}
            leftSection={<ProviderIcon provider={kind.provider} label={false} />}
            onClick={() => onAdd(kind)}
          >
            {kind.label}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
