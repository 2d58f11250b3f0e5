/** A dialog over the page: a card in the middle, a sheet from below on a phone. Escape and the ground beside it close it. */
import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { Icon } from './icons.tsx';

/** See the file's sentence. Shown for as long as it is rendered. */
export function Sheet({ title, closeLabel, close, children }: SheetProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const { current } = dialog;
    if (!current) return;
    // The browser keeps the focus inside, and gives it back afterwards.
    current.showModal();
    // For the mouse only: a keyboard has Escape.
    const onClick = ({ target }: Event) => target === current && current.close();
    current.addEventListener('click', onClick);
    return () => current.removeEventListener('click', onClick);
  }, []);
  return (
    <dialog class="sheet" ref={dialog} aria-label={title} onClose={close}>
      <div class="sheet-body">
        <header class="sheet-header">
          <h2>{title}</h2>
          <button type="button" class="icon-button" aria-label={closeLabel} onClick={() => dialog.current?.close()}>
            <Icon name="close" />
          </button>
        </header>
        {children}
      </div>
    </dialog>
  );
}

/** What a sheet needs. */
export type SheetProps = { title: string; closeLabel: string; close(): void; children: ComponentChildren };
