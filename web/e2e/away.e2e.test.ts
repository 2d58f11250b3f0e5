/** Somebody's connection is away for a while, and both sides go on writing. `C2C_E2E_AWAY_SECONDS` (60 in life) is scaled here. */
import { expect } from 'vitest';
import { numbered } from './support/numbered.ts';
import { expectSameEverywhere } from './support/same-everywhere.ts';
import { story } from './support/story.ts';

const AWAY_MS = Number(process.env.C2C_E2E_AWAY_SECONDS ?? 5) * 1_000;

story(
  'after a time offline in which both sides wrote 20 messages, both have all of them once and in order',
  async (stage) => {
    const gate = await stage.gate();
    const younghee = await stage.person('영희', { expectsOutage: true });
    const cheolsu = await stage.person('철수');
    await younghee.makeRoom(gate.url);
    await cheolsu.enter(`${stage.siteUrl}/r/${younghee.roomId()}`);
    await cheolsu.say('들려?');
    await expect.poll(younghee.seen).toEqual(['들려?']);

    gate.cut();
    const awayUntil = Date.now() + AWAY_MS;
    const written = [numbered('영희', 20), ['들려?', ...numbered('철수', 20)]] as const;
    for (const text of written[0]) await younghee.say(text);
    for (const text of written[1].slice(1)) await cheolsu.say(text);
    await younghee.page.getByRole('button', { name: younghee.texts.reconnectNow }).waitFor();
    await expect.poll(cheolsu.seen).toEqual(written[1]);
    await expect.poll(younghee.seen).toEqual(['들려?', ...written[0]]);
    await younghee.page.waitForTimeout(Math.max(0, awayUntil - Date.now()));

    gate.mend();
    await younghee.noticeNetwork();
    await expectSameEverywhere({ redisUrl: stage.redisUrl, people: [younghee, cheolsu], written });
  },
);
