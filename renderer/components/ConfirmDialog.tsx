import { Button, Group } from '@mantine/core';
import type { ReactNode } from 'react';
import { Dialog } from './Dialog';

export interface ConfirmDialogProps {
  opened: boolean;
  title: string;
  children: ReactNode;
  /** The verb on the button that does it ("Remove account"). */
  confirm: string;
  cancel?: string;
  danger?: boolean;
  busy?: boolean;
  onConfirm: () => void;
  onCancel: () => void;
}

/** Asks before something that cannot be taken back. The harmless answer has the focus. */
export function ConfirmDialog(props: ConfirmDialogProps) {
  return (
    <Dialog opened={props.opened} onClose={props.onCancel} title={props.title} size={440}>
      <div>{props.children}</div>
      <Group justify="flex-end" mt="lg" gap="xs">
        <Button variant="default" data-autofocus onClick={props.onCancel}>
          {props.cancel ?? 'Cancel'}
        </Button>
        <Button color={props.danger ? 'red.9' : undefined} loading={props.busy} onClick={props.onConfirm}>
          {props.confirm}
        </Button>
      </Group>
    </Dialog>
  );
}
