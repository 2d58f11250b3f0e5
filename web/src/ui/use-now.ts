/** The time, kept fresh while something counts down. */
import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';

/** Unix ms, four times a second while `isRunning`. */
export function useNow(isRunning: boolean): number {
  const now = useSignal(Date.now());
  useEffect(() => {
    if (!isRunning) return;
    now.value = Date.now();
    const timer = setInterval(() => {
      now.value = Date.now();
    }, 250);
    return () => clearInterval(timer);
  }, [isRunning, now]);
  return now.value;
}
