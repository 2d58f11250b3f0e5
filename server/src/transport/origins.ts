/** Which web pages of other hosts may open connections here: the list of `CORS_ORIGINS`. */
import type { IncomingMessage } from 'node:http';

/** The rule of one configuration. */
export type OriginRule = {
  /** For libraries that write CORS headers; null where no foreign page may read answers. */
  readonly allowed: readonly string[] | '*' | null;
  /** Whether this request may connect. Browsers do not apply CORS to WebSockets, so doors must ask. */
  accepts(req: IncomingMessage): boolean;
};

/** `list`: origins, comma separated, or `*`. Where it is empty every origin may connect: tokens, not cookies, let people in. */
export function createOriginRule(list: string): OriginRule {
  const origins = list.split(',').map((origin) => origin.trim().replace(/\/$/, ''));
  const named = new Set(origins.filter((origin) => origin !== ''));
  if (named.size === 0) return { allowed: null, accepts: () => true };
  if (named.has('*')) return { allowed: '*', accepts: () => true };
  return {
    allowed: [...named],
    accepts(req) {
      const { origin, host } = req.headers;
      return origin === undefined || named.has(origin) || isSameHost(origin, host);
    },
  };
}

function isSameHost(origin: string, host: string | undefined): boolean {
  return URL.canParse(origin) && new URL(origin).host === host;
}
