/** The catalogue that follows `error_info` in PostgreSQL: within a second of a change, and with the last good texts while it is away. */
import { setTimeout as delay } from 'node:timers/promises';
import { Client } from 'pg';
import type { Failures } from '../service/ports.ts';
import { composeTexts, type ErrorCatalogue, type TextOverride } from './catalogue.ts';
import { createDoorbell } from './doorbell.ts';
import { prepareErrorTable, readOverrides } from './error-table.ts';

/** What a PostgreSQL catalogue needs. Times in milliseconds; the defaults suit production. */
export type PostgresCatalogueDeps = {
  url: string;
  failures: Failures;
  /** How long the start waits for the first texts before it goes on with the bundled ones. */
  startWaitMs?: number;
  /** Back-off between attempts: doubles from the first to the second, with jitter. */
  retryMs?: readonly [number, number];
  /** The table is read this often even if nothing rang: a half-open connection shows, a lost notice does not last. */
  pollMs?: number;
};

type Follower = { signal: AbortSignal; apply(overrides: readonly TextOverride[]): void };

/**
 * Starts to follow the table and answers after the first reading, or after `startWaitMs` without one. Never rejects:
 * PostgreSQL may be away at the start, later, or for ever; every failure is reported and tried again.
 */
export async function createPostgresCatalogue(deps: PostgresCatalogueDeps): Promise<ErrorCatalogue> {
  const stop = new AbortController();
  const firstReading = createDoorbell();
  let current = { source: 'bundled' as ErrorCatalogue['source'], texts: composeTexts([]) };
  const following = followForEver(deps, {
    signal: stop.signal,
    apply: (overrides) => {
      current = { source: 'postgres', texts: composeTexts(overrides) };
      firstReading.ring();
    },
  });
  await firstReading.wait(deps.startWaitMs ?? 1_000);
  return {
    get source() {
      return current.source;
    },
    text: (code, locale) => current.texts.text(code, locale),
    all: (locale) => current.texts.all(locale),
    etag: (locale) => current.texts.etag(locale),
    close: async () => {
      stop.abort();
      await following;
    },
  };
}

async function followForEver(deps: PostgresCatalogueDeps, follower: Follower): Promise<void> {
  const [firstMs, lastMs] = deps.retryMs ?? [500, 5_000];
  let waitMs = firstMs;
  while (!follower.signal.aborted) {
    try {
      await followOnce(deps, {
        ...follower,
        apply: (overrides) => {
          waitMs = firstMs;
          follower.apply(overrides);
        },
      });
    } catch (error) {
      deps.failures.report('catalogue', error);
    }
    await pause(waitMs * (0.5 + Math.random() / 2), follower.signal);
    waitMs = Math.min(waitMs * 2, lastMs);
  }
}

/** One connection, from its beginning to its end: rejects when it is lost, resolves when the catalogue closes. */
async function followOnce(deps: PostgresCatalogueDeps, { signal, apply }: Follower): Promise<void> {
  const client = new Client({
    connectionString: deps.url,
    application_name: 'c2c-catalogue',
    connectionTimeoutMillis: 3_000,
    query_timeout: 10_000,
    keepAlive: true,
  });
  const bell = createDoorbell();
  let lost: unknown = null;
  const lose = (error: unknown) => {
    lost ??= error;
    bell.ring();
  };
  client.on('error', lose);
  client.on('end', () => lose(new Error('connection to PostgreSQL ended')));
  client.on('notification', bell.ring);
  signal.addEventListener('abort', bell.ring, { once: true });
  try {
    await client.connect();
    await prepareErrorTable(client).catch((error: unknown) => deps.failures.report('catalogue.migrate', error));
    await client.query('LISTEN error_info');
    while (!signal.aborted) {
      if (lost !== null) throw lost;
      apply(await readOverrides(client, deps.failures));
      await bell.wait(deps.pollMs ?? 15_000);
    }
  } finally {
    signal.removeEventListener('abort', bell.ring);
    await Promise.race([client.end().catch(lose), delay(1_000, undefined, { ref: false })]);
  }
}

/** Ends early, without an error, when the catalogue closes. */
async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await delay(ms, undefined, { signal, ref: false }).catch(() => undefined);
}
