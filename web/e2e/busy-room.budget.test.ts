/** A room in which much is said keeps the page quick and small. `C2C_E2E_BUSY_SECONDS` (30 in life) is scaled here. */
import type { Page } from 'playwright-core';
import { expect } from 'vitest';
import { textsInLog } from './support/cluster-redis.ts';
import { say } from './support/ground.ts';
import { type Guest, inviteGuests, saying } from './support/guests.ts';
import { story } from './support/story.ts';
import { watchTasks } from './support/task-times.ts';

const BUSY_SECONDS = Number(process.env.C2C_E2E_BUSY_SECONDS ?? 8);
const PER_SECOND = 50;
/** Promised is that no task takes longer, in the page's own time: others on the machine are not its fault. */
const LONG_MS = 100;
/** By the clock, with all that a busy machine may do meanwhile. */
const STUCK_MS = 2_000;

/** Remembers the long tasks of the page. Runs in the page. */
function watchLongTasks(): void {
  const tasks: number[] = [];
  Reflect.set(globalThis, 'longTasks', tasks);
  new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) tasks.push(duration);
  }).observe({ type: 'longtask' });
}

const longTasksOf = (page: Page): Promise<number[]> => page.evaluate(() => Reflect.get(globalThis, 'longTasks'));

/** `count` texts at `PER_SECOND`, each by the next guest. Resolves when all are stored. */
async function chatter(guests: readonly Guest[], texts: readonly string[]): Promise<void> {
  const startedAt = performance.now();
  const sends = texts.map(async (text, index) => {
    const dueInMs = startedAt + (index * 1_000) / PER_SECOND - performance.now();
    await new Promise((resolve) => setTimeout(resolve, dueInMs));
    const guest = guests[index % guests.length];
    if (guest) await saying(guest, text);
  });
  await Promise.all(sends);
}

story(
  `${PER_SECOND} messages a second leave the page responsive, and every one is shown in order`,
  async ({ siteUrl, redisUrl, person }) => {
    const { page, makeRoom, bubbles, roomId } = await person('영희');
    await makeRoom(siteUrl);
    const guests = await inviteGuests(page.url(), ['하나', '두리', '세나', '네오', '다솜']);
    const told: string[] = [];
    guests[0]?.room.events.subscribe((event) => event.type === 'message' && told.push(event.message.text));
    await page.evaluate(watchLongTasks);
    const tasks = await watchTasks(page);
    const texts = Array.from({ length: BUSY_SECONDS * PER_SECOND }, (_, index) => `${index + 1}번째 메시지입니다`);
    await chatter(guests, texts);
    await expect.poll(() => told.toSorted()).toEqual(texts.toSorted());
    await expect.poll(() => bubbles.last().textContent()).toBe(told.at(-1));

    const [longest, own] = [Math.max(0, ...(await longTasksOf(page))), Math.max(0, ...(await tasks.stop()))];
    say(
      `${texts.length} messages at ${PER_SECOND}/s: the longest task ${longest.toFixed(0)} ms by the clock, ${own.toFixed(0)} ms of processor time (promised: ${LONG_MS})`,
    );
    expect(own).toBeGreaterThan(0);
    expect(own).toBeLessThan(LONG_MS);
    expect(longest).toBeLessThan(STUCK_MS);
    const shown = await bubbles.allTextContents();
    expect(shown).toEqual(told.slice(-shown.length));
    // The log keeps the newest thousand.
    const log = await textsInLog(redisUrl, roomId());
    expect(log).toEqual(told.slice(-log.length));
    for (const { client } of guests) client.close();
  },
);

const MANY = 5_000;
const BUBBLES_LIMIT = 600;

story(
  'a room in which 5 000 messages came by and were scrolled back to holds no more than a bounded part of them',
  async ({ siteUrl, redisUrl, person }) => {
    const { page, texts, makeRoom, bubbles, roomId } = await person('영희');
    await makeRoom(siteUrl);
    const guests = await inviteGuests(
      page.url(),
      Array.from({ length: 10 }, (_, index) => `손님 ${index}`),
    );
    const sent = guests.map(async (guest, who) => {
      for (let number = who; number < MANY; number += guests.length) await saying(guest, `${number}`);
    });
    await Promise.all(sent);
    const [last] = (await textsInLog(redisUrl, roomId())).slice(-1);
    await expect.poll(() => bubbles.last().textContent()).toBe(last);

    const list = page.getByRole('region', { name: texts.conversation });
    const sizes: number[] = [];
    for (let step = 0; step < 12; step += 1) {
      sizes.push(await bubbles.count());
      await list.evaluate((node) => {
        node.scrollTo({ top: 0 });
        return new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
      });
    }
    const elements = await page.evaluate(() => document.querySelectorAll('*').length);
    say(`${MANY} messages came by: ${Math.max(...sizes)} bubbles at most, ${elements} elements after scrolling back`);
    expect(Math.max(...sizes)).toBeLessThanOrEqual(BUBBLES_LIMIT);
    const shown = await bubbles.allTextContents();
    expect(new Set(shown).size).toBe(shown.length);
    for (const { client } of guests) client.close();
  },
);
