/** A message that waited for so long that only its writer can say whether it is still to be sent. */
import type { Page } from 'playwright-core';
import type { Gate } from './gate.ts';
import type { Person } from './person.ts';

/** Longer than the outbox sends without asking. */
const AGE_MS = 13 * 3_600_000;

/** Sets back when everything in the outbox was written; answers how many that were. Runs in the page. */
function age(ageMs: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const opening = indexedDB.open('c2c');
    opening.onerror = () => reject(opening.error);
    opening.onsuccess = () => {
      const transaction = opening.result.transaction('outbox', 'readwrite');
      const store = transaction.objectStore('outbox');
      const rows = store.getAll();
      rows.onsuccess = () => {
        for (const row of rows.result) {
          row.entry.createdAtMs -= ageMs;
          store.put(row);
        }
      };
      transaction.oncomplete = () => {
        opening.result.close();
        resolve(rows.result.length);
      };
    };
  });
}

/** Somebody writes while the way is cut, closes the tab, and comes back much later: the page they come back to. */
export async function makeOld(
  { page, context, texts, say }: Person,
  { gate, text }: { gate: Gate; text: string },
): Promise<Page> {
  gate.cut();
  await page.getByRole('button', { name: texts.reconnectNow }).waitFor();
  await say(text);
  await page.locator('.bubble.waiting').waitFor();
  await page.waitForFunction(age, AGE_MS);
  const room = page.url();
  await page.close();
  gate.mend();
  const later = await context.newPage();
  await later.goto(room);
  await later.getByRole('button', { name: texts.sendAgain }).waitFor();
  return later;
}
