/** Whether the people of a room are shown as a sheet over it; where they have a pane of their own, never. */
import { useSignal } from '@preact/signals';
import type { RefObject } from 'preact';
import { useEffect, useRef } from 'preact/hooks';

/** See the file's sentence. `opener` gets the focus back. */
export type PeopleSheet = {
  isOpen: boolean;
  opener: RefObject<HTMLButtonElement | null>;
  open(): void;
  close(): void;
};

/** As in the style sheet. */
const HAS_PANE = '(min-width: 1024px)';

/** See the file's sentence. Escape closes it too. */
export function usePeopleSheet(): PeopleSheet {
  const isOpen = useSignal(false);
  const opener = useRef<HTMLButtonElement>(null);
  const set = (next: boolean) => {
    isOpen.value = next;
  };
  useEffect(() => {
    if (!isOpen.value) return;
    const pane = matchMedia(HAS_PANE);
    const close = () => set(false);
    const onKeyDown = ({ key }: KeyboardEvent) => {
      if (key === 'Escape') close();
    };
    document.addEventListener('keydown', onKeyDown);
    pane.addEventListener('change', close);
    return () => {
      document.removeEventListener('keydown', onKeyDown);
      pane.removeEventListener('change', close);
      // What lies below can have the focus again by now.
      opener.current?.focus();
    };
  }, [isOpen.value]);
  return { isOpen: isOpen.value, opener, open: () => set(true), close: () => set(false) };
}
