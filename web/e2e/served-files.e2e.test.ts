/** How the page is served: by nginx and by each node alike. */
import { describe, expect, inject, it } from 'vitest';

/** Through Accept-Encoding as browsers send it. */
function ask(url: string): Promise<Response> {
  return fetch(url, { headers: { 'Accept-Encoding': 'gzip, deflate, br' }, redirect: 'error' });
}

async function assetsOf(origin: string): Promise<string[]> {
  const html = await (await ask(origin)).text();
  return [...html.matchAll(/(?:src|href)="(\/assets\/[^"]+)"/g)].map(([, path]) => origin + String(path));
}

const DOORS = { nginx: () => inject('siteUrl'), 'a node': () => String(inject('nodeUrls')[0]) };

describe.each(Object.entries(DOORS))('%s', (_, origin) => {
  it('serves scripts and styles precompressed, for ever', async () => {
    const assets = await assetsOf(origin());
    expect(assets.map((url) => url.replace(/.*\./, '')).toSorted()).toEqual(expect.arrayContaining(['css', 'js']));
    for (const url of assets) {
      const { status, headers } = await ask(url);
      expect(
        [status, headers.get('content-encoding'), headers.get('cache-control'), headers.get('x-content-type-options')],
        url,
      ).toEqual([200, 'gzip', 'public, max-age=31536000, immutable', 'nosniff']);
    }
  });

  it('serves the page itself under a strict policy, asked for each time, also for a room’s link', async () => {
    for (const path of ['/', '/r/abcd1234']) {
      const { status, headers } = await ask(origin() + path);
      expect(status).toBe(200);
      expect(headers.get('content-type')).toContain('text/html');
      expect(headers.get('cache-control')).toBe('no-cache');
      expect(headers.get('content-encoding')).toBe('gzip');
      expect(headers.get('referrer-policy')).toBe('no-referrer');
      expect(headers.get('x-frame-options')).toBe('DENY');
      const policy = headers.get('content-security-policy') ?? '';
      for (const rule of [
        "default-src 'self'",
        "object-src 'none'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
        "require-trusted-types-for 'script'",
      ]) {
        expect(policy).toContain(rule);
      }
      expect(policy).not.toContain('unsafe');
    }
  });

  it('answers 404 for an asset that does not exist, not with the page', async () => {
    const { status, headers } = await ask(`${origin()}/assets/gone-12345678.js`);
    expect(status).toBe(404);
    expect(headers.get('cache-control') ?? '').not.toContain('immutable');
  });
});
