/** What the server refuses is told in the reader's language, in the words of the catalogue, with what to do next. */
import { Client } from 'pg';
import { expect } from 'vitest';
import { ownCluster } from './support/own-cluster.ts';
import { story } from './support/story.ts';

/** One room a minute for everybody, as no address may make more. */
const site = ownCluster({
  nodes: 1,
  hasPostgres: true,
  env: { ROOMS_PER_MINUTE: '1', TRUSTED_LOAD_ADDRESSES: '192.0.2.1' },
});

const WORDS = {
  ko: { message: '방을 너무 자주 만들고 있어요', hint: '차 한 잔 하고 다시 눌러 주세요' },
  en: { message: 'You make rooms too often', hint: 'Have a cup of tea and press again' },
} as const;

async function write(databaseUrl: string | undefined): Promise<void> {
  const client = new Client({ connectionString: databaseUrl });
  await client.connect();
  const values = Object.entries(WORDS).flatMap(([locale, { message, hint }]) => [locale, message, hint]);
  await client.query(
    `INSERT INTO error_info (code, locale, message, hint) VALUES ('RATE_LIMITED', $1, $2, $3), ('RATE_LIMITED', $4, $5, $6)
     ON CONFLICT (code, locale) DO UPDATE SET message = excluded.message, hint = excluded.hint`,
    values,
  );
  await client.end();
}

story('words an operator put into PostgreSQL are what people read, in Korean and in English', async ({ person }) => {
  const { url, databaseUrl } = site();
  await write(databaseUrl);
  await expect.poll(async () => (await fetch(`${url}/api/errors`)).text()).toContain(WORDS.ko.message);
  for (const language of ['ko', 'en'] as const) {
    const { page, texts, name } = await person('Jamie', { language, expectsOutage: true });
    const problem = page.getByRole('alert');
    const isRefused = async () => {
      await page.goto(url);
      const make = page.getByRole('button', { name: texts.createRoom });
      await make.waitFor();
      // Asked for once: whoever has made a room is known.
      const field = page.getByLabel(texts.nameLabel);
      if (await field.isVisible()) await field.fill(name);
      await make.click();
      const room = page.getByText(texts.peopleCount(1, 1));
      await problem.or(room).first().waitFor();
      return problem.isVisible();
    };
    // The first room of this minute is made; where Redis does not count in time, the node lets one more through.
    await expect.poll(isRefused).toBe(true);
    await problem.getByText(WORDS[language].message).waitFor();
    await problem.getByText(WORDS[language].hint).waitFor();
    await problem.getByText('RATE_LIMITED').waitFor();
    await page.getByRole('button', { name: texts.retryNow }).waitFor();
  }
});
