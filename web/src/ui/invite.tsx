/** The room's link: a button that copies it and a QR code for a phone. */
import { useSignal } from '@preact/signals';
import { useEffect, useMemo } from 'preact/hooks';
import { encode } from 'uqr';
import type { App } from '../model/app.ts';
import { Icon } from './icons.tsx';

/** How long the button says that it was done. */
const COPIED_MS = 4_000;

/** Copies the link and says whether that worked. */
export function CopyLink({ app, isPrimary }: { app: App; isPrimary: boolean }) {
  const outcome = useSignal<'copied' | 'failed' | null>(null);
  const texts = app.preferences.texts.value;
  useEffect(() => {
    if (outcome.value !== 'copied') return;
    const timer = setTimeout(() => {
      outcome.value = null;
    }, COPIED_MS);
    return () => clearTimeout(timer);
  }, [outcome.value]);
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(app.inviteLink.value);
      outcome.value = 'copied';
    } catch {
      outcome.value = 'failed';
    }
  };
  const label = outcome.value === 'copied' ? texts.linkCopied : texts.copyLink;
  return (
    <>
      <button type="button" class={isPrimary ? 'button primary' : 'button'} onClick={() => void copy()}>
        <Icon name={outcome.value === 'copied' ? 'check' : 'link'} />
        <span aria-live="polite">{label}</span>
      </button>
      {outcome.value === 'failed' && <p class="field-error">{texts.copyFailed}</p>}
    </>
  );
}

/** The link as a code to point a camera at. Always dark on light: that is what cameras read. */
export function QrCode({ text, label }: { text: string; label: string }) {
  const { size, path } = useMemo(() => draw(text), [text]);
  return (
    <svg class="qr" viewBox={`0 0 ${size} ${size}`} role="img" aria-label={label}>
      <path d={path} />
    </svg>
  );
}

function draw(text: string): { size: number; path: string } {
  const { size, data } = encode(text, { ecc: 'M', border: 2 });
  const squares = data.flatMap((row, y) => row.flatMap((isDark, x) => (isDark ? [`M${x} ${y}h1v1h-1z`] : [])));
  return { size, path: squares.join('') };
}
