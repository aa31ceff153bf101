import { Modal, type ModalProps } from '@mantine/core';
import { useEffect, useId, useRef } from 'react';

interface OpenDialog {
  id: string;
  close: () => void;
}

/** Dialogs on screen, the topmost last. Escape belongs to the topmost alone. */
const open: OpenDialog[] = [];

function onEscape(event: KeyboardEvent) {
  if (event.key !== 'Escape' || event.isComposing) return;
  // An open drop-down inside the dialog closes first.
  if (
    event.target instanceof Element &&
    event.target.getAttribute('data-mantine-stop-propagation') === 'true'
  )
    return;
  const top = open[open.length - 1];
  if (!top) return;
  event.preventDefault();
  top.close();
}

/** A modal dialog that may lie over another one. Takes what Mantine's Modal takes. */
export function Dialog({ opened, onClose, ...rest }: ModalProps) {
  const id = useId();
  const close = useRef(onClose);
  useEffect(() => {
    close.current = onClose;
  });
  useEffect(() => {
    if (!opened) return undefined;
    if (open.length === 0) window.addEventListener('keydown', onEscape, { capture: true });
    open.push({ id, close: () => close.current() });
    return () => {
      open.splice(
        open.findIndex((entry) => entry.id === id),
        1,
      );
      if (open.length === 0) window.removeEventListener('keydown', onEscape, { capture: true });
    };
  }, [opened, id]);
  return (
    <Modal
      centered
      closeOnClickOutside={false}
      {...rest}
      opened={opened}
      onClose={onClose}
      closeOnEscape={false}
    />
  );
}
