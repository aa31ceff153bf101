import { Modal, type ModalProps } from '@mantine/core';
import { createContext, useContext, useEffect, useId, useRef, useState } from 'react';

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

/** Dialogs inside lie at least this high: over the questions of the core, which lie over everything else. */
const Layer = createContext<number | undefined>(undefined);
export const DialogLayer = Layer.Provider;

/** What had the focus; for an entry of a menu, which closes with the click, the button the menu belongs to. */
function focusedNow(): HTMLElement | null {
  const focused = document.activeElement;
  const owner = focused?.closest('[role="menu"]')?.getAttribute('aria-labelledby');
  const element = owner ? document.getElementById(owner) : focused;
  return element instanceof HTMLElement ? element : null;
}

/**
 * A modal dialog that may lie over another one; the one opened last lies on
 * top. Gives the focus back when it goes. Takes what Mantine's Modal takes.
 */
export function Dialog(props: ModalProps) {
  // Mounted when it opens, because dialogs of one layer are stacked in the order they are mounted.
  return props.opened ? <MountedDialog {...props} /> : null;
}

function MountedDialog({ onClose, ...rest }: ModalProps) {
  const id = useId();
  const layer = useContext(Layer);
  // Read while it is drawn for the first time: afterwards a menu that led here is gone.
  const [before] = useState(focusedNow);
  const close = useRef(onClose);
  useEffect(() => {
    close.current = onClose;
  });
  useEffect(() => {
    if (open.length === 0) window.addEventListener('keydown', onEscape, { capture: true });
    open.push({ id, close: () => close.current() });
    return () => {
      open.splice(
        open.findIndex((entry) => entry.id === id),
        1,
      );
      if (open.length === 0) window.removeEventListener('keydown', onEscape, { capture: true });
      if (before?.isConnected) before.focus({ preventScroll: true });
    };
  }, [id, before]);
  return (
    <Modal
      centered
      closeOnClickOutside={false}
      zIndex={layer}
      {...rest}
      onClose={onClose}
      returnFocus={false}
      closeOnEscape={false}
    />
  );
}
