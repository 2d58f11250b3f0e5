/** Which web pages may open connections here: our own, and those of other hosts that `CORS_ORIGINS` names. */
import type { IncomingMessage } from 'node:http';

/** The rule of one configuration. */
export type OriginRule = {
  /** For libraries that write CORS headers; null where no foreign page may read answers. */
  readonly allowed: readonly string[] | '*' | null;
  /** Whether this request may connect. Browsers do not apply CORS to WebSockets, so somebody must ask. */
  accepts(req: IncomingMessage): boolean;
};

/**
 * `CORS_ORIGINS`: origins, comma separated, or `*`; a page of ours is one that came from the host the request is sent to,
 * or from `PUBLIC_URL`, where a proxy changed the host. Programs send no `Origin` and may always connect.
 */
export function createOriginRule(settings: Readonly<{ CORS_ORIGINS: string; PUBLIC_URL: string }>): OriginRule {
  const origins = settings.CORS_ORIGINS.split(',').map((origin) => origin.trim().replace(/\/$/, ''));
  const named = new Set(origins.filter((origin) => origin !== ''));
  if (named.has('*')) return { allowed: '*', accepts: () => true };
  const ours = URL.canParse(settings.PUBLIC_URL) ? new URL(settings.PUBLIC_URL).origin : null;
  return {
    allowed: named.size === 0 ? null : [...named],
    accepts(req) {
      const { origin, host } = req.headers;
      return origin === undefined || named.has(origin) || origin === ours || isSameHost(origin, host);
    },
  };
}

/** A port that is the scheme's own may stand in either or be left out. */
function isSameHost(origin: string, host = ''): boolean {
  if (!URL.canParse(origin)) return false;
  const from = new URL(origin);
  const here = `${from.protocol}//${host}`;
  return from.host !== '' && URL.canParse(here) && new URL(here).host === from.host;
}
