import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createBundledCatalogue } from '../../src/errors/bundled-catalogue.ts';
import type { ErrorCatalogue } from '../../src/errors/catalogue.ts';
import { createPostgresCatalogue } from '../../src/errors/postgres-catalogue.ts';
import { ERRORS, isErrorCode, LOCALES } from '../../src/protocol/index.ts';
import { createFailureRecorder } from '../support/http-fakes.ts';
import { createTestPostgres, type TestPostgres } from '../support/postgres.ts';

let postgres: TestPostgres;
beforeAll(async () => {
  postgres = await createTestPostgres();
});
afterAll(() => postgres.remove());

const makers: Record<string, () => Promise<ErrorCatalogue>> = {
  bundled: async () => createBundledCatalogue(),
  postgres: () => createPostgresCatalogue({ url: postgres.url, failures: createFailureRecorder() }),
};

describe.each(Object.entries(makers))('the %s catalogue', (name, make) => {
  test('has a text for every code in every language, as the table says where nobody changed it', async () => {
    const catalogue = await make();
    for (const locale of LOCALES) {
      const all = catalogue.all(locale);
      expect(Object.keys(all).sort()).toEqual(Object.keys(ERRORS).sort());
      for (const code of Object.keys(ERRORS).filter(isErrorCode)) {
        expect(catalogue.text(code, locale)).toEqual(ERRORS[code].texts[locale]);
        expect(all[code]).toEqual(catalogue.text(code, locale));
      }
    }
    await catalogue.close();
  });

  test('has an etag per language that stands for the texts', async () => {
    const [one, other] = [await make(), createBundledCatalogue()];
    const etags = LOCALES.map((locale) => one.etag(locale));
    expect(new Set(etags).size).toBe(LOCALES.length);
    expect(etags).toEqual(LOCALES.map((locale) => other.etag(locale)));
    for (const etag of etags) expect(etag).toMatch(/^[a-z0-9-]+$/);
    await one.close();
  });

  test('says where its texts come from', async () => {
    const catalogue = await make();
    expect(catalogue.source).toBe(name);
    await catalogue.close();
    await catalogue.close();
  });
});
