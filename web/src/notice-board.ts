/** Notices of the browser, outside the page. */
import { signal } from '@preact/signals';
import type { NoticeBoard } from './model/notifier.ts';

/** See the file's sentence. */
export function createNoticeBoard(): NoticeBoard {
  const isSupported = 'Notification' in window;
  const permission = signal<'default' | 'granted' | 'denied' | 'unsupported'>(
    isSupported ? Notification.permission : 'unsupported',
  );
  return {
    permission,
    async ask() {
      if (permission.value === 'default') permission.value = await Notification.requestPermission();
    },
    show({ roomId, title, body, chosen }) {
      try {
        // One tag a room: several tabs, and several messages, are one notice.
        const notice = new Notification(title, { body, tag: roomId, icon: '/favicon.svg' });
        notice.addEventListener('click', () => {
          window.focus();
          chosen();
          notice.close();
        });
      } catch {
        // Some phones have the name but only show notices of service workers.
        permission.value = 'unsupported';
      }
    },
  };
}
