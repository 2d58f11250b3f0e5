/** What the HTTP door is given in tests of its wire format: use cases that answer from memory, and everything around them. */
import { type FastifyBaseLogger, fastify } from 'fastify';
import { createBundledCatalogue } from '../../src/errors/bundled-catalogue.ts';
import { createErrorWriter } from '../../src/errors/error-writer.ts';
import { negotiateLocale } from '../../src/errors/negotiate-locale.ts';
import { ChatError } from '../../src/service/chat-error.ts';
import type { IdempotencyState, IdempotencyStore } from '../../src/service/edge-ports.ts';
import type { Identity } from '../../src/service/ports.ts';
import type { UseCases } from '../../src/service/use-cases.ts';
import { createClientAddress } from '../../src/transport/client-address.ts';
import type { HttpDeps, HttpSettings } from '../../src/transport/http/deps.ts';

/** A token as it looks; the fake use cases take no other. */
export const TOKEN = `eyJhbGciOiJIUzI1NiJ9.${'p'.repeat(20)}.${'s'.repeat(20)}`;
export const BEARER = { authorization: `Bearer ${TOKEN}` };
export const ROOM_ID = 'abc12345';
export const IDENTITY: Identity = { userId: '홍길동', sid: 'sid-1', expiresAtMs: 4_000_000_000_000 };
export const SETTINGS: HttpSettings = {
  PUBLIC_URL: '',
  TRUSTED_PROXIES: '',
  CORS_ORIGINS: '',
  WEB_ROOT: '',
};

const EXPIRES_AT = '2026-01-01T00:00:00.000Z';

/** Use cases that succeed, and count the rooms they made. */
export function createFakeUseCases(overrides: Partial<UseCases> = {}): UseCases & { roomsMade: number } {
  const proof = { userId: IDENTITY.userId, token: TOKEN, expiresAt: EXPIRES_AT };
  const fake: UseCases & { roomsMade: number } = {
    roomsMade: 0,
    authenticate: async (token) => {
      if (token !== TOKEN) throw new ChatError('UNAUTHORIZED');
      return IDENTITY;
    },
    createRoom: async ({ creator, isPrivate }) => {
      fake.roomsMade++;
      const userId = 'name' in creator ? creator.name : creator.userId;
      return { roomId: ROOM_ID, userId, token: `${TOKEN}${fake.roomsMade}`, invite: isPrivate ? 'sec/ret' : null };
    },
    describeRoom: async (roomId) => {
      if (roomId !== ROOM_ID) throw new ChatError('ROOM_NOT_FOUND');
      const people = { members: ['user1'], online: [], memberCount: 1, onlineCount: 0 };
      return { roomId, title: null, status: 'active', ...people };
    },
    sendMessage: async (_identity, { clientMsgId }) => ({
      id: 'e1.0123abcd-1',
      seq: 1,
      timestamp: EXPIRES_AT,
      duplicate: clientMsgId === 'again',
    }),
    removeMember: async () => {},
    readHistory: async () => ({ messages: [], hasMore: false }),
    claimSession: async (name) => ({ ...proof, userId: name, identity: IDENTITY }),
    describeSession: async () => ({ userId: IDENTITY.userId, expiresAt: EXPIRES_AT, rooms: [] }),
    renewSession: async () => proof,
    endSession: async () => {},
    ...overrides,
  };
  return fake;
}

/** An idempotency store in memory; entries stay for ever. */
export function createMemoryIdempotencyStore(): IdempotencyStore {
  const entries = new Map<string, { fingerprint: string; answer: string | null }>();
  return {
    begin: async (key, fingerprint): Promise<IdempotencyState> => {
      const held = entries.get(key);
      if (held === undefined) {
        entries.set(key, { fingerprint, answer: null });
        return { status: 'fresh' };
      }
      if (held.fingerprint !== fingerprint) return { status: 'mismatch' };
      return held.answer === null ? { status: 'running' } : { status: 'done', answer: held.answer };
    },
    finish: async (key, fingerprint, answer) => {
      entries.set(key, { fingerprint, answer });
    },
    abandon: async (key) => {
      entries.delete(key);
    },
  };
}

/** Failures that are kept, to be looked at. */
export function createFailureRecorder() {
  const reports: { stage: string; error: unknown }[] = [];
  return { reports, report: (stage: string, error: unknown) => void reports.push({ stage, error }) };
}

/** Everything the HTTP door needs, silent and in memory. */
export function createHttpDeps(overrides: Partial<HttpDeps> = {}) {
  const failures = createFailureRecorder();
  const catalogue = createBundledCatalogue();
  const logger: FastifyBaseLogger = fastify().log;
  const deps: HttpDeps = {
    settings: SETTINGS,
    useCases: createFakeUseCases(),
    errors: createErrorWriter({ catalogue, failures }),
    catalogue,
    negotiateLocale,
    idempotency: createMemoryIdempotencyStore(),
    quota: { takeRoomOfAddress: async () => {}, takeRoomOfUser: async () => {}, takeName: async () => {} },
    callers: { addressOf: createClientAddress(overrides.settings?.TRUSTED_PROXIES ?? ''), takeRequest: () => {} },
    isOverloaded: () => false,
    readiness: { report: async () => ({ ok: true, checks: [] }) },
    metrics: {
      contentType: 'text/plain; version=0.0.4',
      render: async () => '# no metrics\n',
      observeRequest: () => {},
      countError: () => {},
    },
    failures,
    logger,
    ...overrides,
  };
  return { ...deps, reports: failures.reports };
}
