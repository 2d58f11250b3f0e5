/** What the HTTP door is built from. */
import type { IncomingMessage } from 'node:http';
import type { FastifyBaseLogger, FastifyServerFactory } from 'fastify';
import type {
  ErrorCatalogue,
  ErrorWriter,
  IdempotencyStore,
  NegotiateLocale,
  Quota,
  Readiness,
} from '../../service/edge-ports.ts';
import type { Failures } from '../../service/ports.ts';
import type { UseCases } from '../../service/use-cases.ts';

/** The part of the configuration this door reads, under the names of the environment. Lists are comma separated. */
export type HttpSettings = Readonly<{
  /** Origin of links, `https://chat.example`; empty: as the request says. */
  PUBLIC_URL: string;
  /** Addresses and networks whose X-Forwarded-* is believed. */
  TRUSTED_PROXIES: string;
  /** Origins that browsers may call from; empty: none but our own. */
  CORS_ORIGINS: string;
  /** Folder of the built page; empty: nginx serves it. */
  WEB_ROOT: string;
}>;

/** What is measured of one request. `route` is the pattern, never the address itself. */
export type RequestObservation = { method: string; route: string; status: number; seconds: number };

/** Numbers, as this door needs them. */
export interface HttpMetrics {
  readonly contentType: string;
  /** The exposition format of Prometheus. */
  render(): Promise<string>;
  observeRequest(observation: RequestObservation): void;
  /** One error told to a client. */
  countError(code: string): void;
}

/** Who asks, by address, and how often. */
export interface Callers {
  addressOf(request: IncomingMessage): string;
  /** Counts one request of this address. RATE_LIMITED. */
  takeRequest(address: string): void;
}

/** Everything the HTTP door needs; the composition root hands it over. */
export type HttpDeps = {
  settings: HttpSettings;
  useCases: UseCases;
  errors: ErrorWriter;
  catalogue: ErrorCatalogue;
  negotiateLocale: NegotiateLocale;
  idempotency: IdempotencyStore;
  quota: Quota;
  callers: Callers;
  readiness: Readiness;
  metrics: HttpMetrics;
  failures: Failures;
  logger: FastifyBaseLogger;
  /** The front door; without one Fastify makes its own server. */
  serverFactory?: FastifyServerFactory;
  /** Whether requests are answered OVERLOADED now; asked for each, never for health and metrics. */
  isOverloaded(): boolean;
};
