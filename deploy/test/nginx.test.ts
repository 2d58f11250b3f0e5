/** nginx as it is configured here, in front of small stand-ins for nodes. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { anyFreePort } from '../local/process/ports.ts';
import { type NginxOptions, startNginx } from '../local/services/nginx.ts';
import { temporaryFolder } from './temporary-folder.ts';

async function node(listener: RequestListener): Promise<number> {
  const server = createServer(listener).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  return (server.address() as AddressInfo).port;
}

const named = (name: string) =>
  node((request, response) => response.end(`${name} ${request.headers['x-forwarded-for']}`));

async function proxy(ports: readonly number[], more: Partial<NginxOptions> = {}) {
  const folder = temporaryFolder();
  const webRoot = join(folder, 'web');
  mkdirSync(join(webRoot, 'assets'), { recursive: true });
  writeFileSync(join(webRoot, 'index.html'), '<h1>page</h1>');
  writeFileSync(join(webRoot, 'assets', 'a-12345678.js'), 'let a');
  const nodes = ports.map((port, index) => ({ name: `n${index + 1}`, port }));
  const port = await anyFreePort();
  const service = await startNginx({ port, nodes, dir: join(folder, 'nginx'), webRoot, ...more });
  onTestFinished(() => service.stop());
  return { url: `http://127.0.0.1:${port}`, folder, service };
}

const textAt = async (url: string, init?: RequestInit) => (await fetch(url, init)).text();

describe('nginx', () => {
  it('takes every request with a sid to the node the sid names', async () => {
    const { url } = await proxy([await named('one'), await named('two'), await named('three')]);
    for (let round = 0; round < 4; round += 1) {
      expect(await textAt(`${url}/socket.io/?EIO=4&sid=n2.abc`)).toBe('two 127.0.0.1');
      expect(await textAt(`${url}/socket.io/?EIO=4&sid=n3.abc`)).toBe('three 127.0.0.1');
    }
  });

  it('spreads handshakes, which have no sid', async () => {
    const { url } = await proxy([await named('one'), await named('two')]);
    const answers = new Set<string>();
    for (let round = 0; round < 8; round += 1) answers.add(await textAt(`${url}/socket.io/?EIO=4`));
    expect([...answers].sort()).toEqual(['one 127.0.0.1', 'two 127.0.0.1']);
  });

  it('lets no body of more than a frame through to the doors of the sockets', async () => {
    const { url } = await proxy([await named('one')]);
    const body = 'x'.repeat(81 * 1024);
    for (const path of ['/socket.io/?EIO=4&transport=polling', '/socket.io/?EIO=4&sid=n1.abc', '/ws']) {
      const { status } = await fetch(`${url}${path}`, { method: 'POST', body });
      expect(status, path).toBe(413);
    }
  });

  it('goes on to the next node when one is draining, any number of times', async () => {
    const draining = await node((_, response) => response.writeHead(503).end('draining'));
    const { url } = await proxy([draining, await named('two')]);
    for (let round = 0; round < 8; round += 1) expect(await textAt(`${url}/socket.io/?EIO=4`)).toBe('two 127.0.0.1');
  });

  it('does not believe a forwarded address that a client claims', async () => {
    const { url } = await proxy([await named('one')]);
    expect(await textAt(`${url}/api/x`, { headers: { 'x-forwarded-for': '9.9.9.9' } })).toBe('one 127.0.0.1');
  });

  it.each([
    ['ko-KR', '보낸 데이터가 너무 큽니다'],
    ['fr, en;q=0.8, ko;q=0.5', 'The payload is too large'],
    ['ja', '送信データが大きすぎます'],
    ['de', '보낸 데이터가 너무 큽니다'],
  ])('refuses a large body in the envelope, for %s', async (language, message) => {
    const { url } = await proxy([await named('one')]);
    const headers = { 'accept-language': language };
    const answer = await fetch(`${url}/api/rooms`, { method: 'POST', headers, body: 'x'.repeat(70_000) });
    const body: unknown = await answer.json();
    expect(answer.status).toBe(413);
    expect(body).toMatchObject({ success: false, data: null, error: { code: 'PAYLOAD_TOO_LARGE', message } });
    expect(body).toHaveProperty('timestamp', expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/));
  });

  it('refuses headers that are too large in the envelope, wherever they go', async () => {
    const { url } = await proxy([await named('one')]);
    for (const path of ['/api/rooms', '/socket.io/', '/ws', '/']) {
      const answer = await fetch(`${url}${path}`, { headers: { cookie: 'x'.repeat(40_000) } });
      expect(answer.status).toBe(400);
      expect(await answer.json()).toMatchObject({ error: { code: 'VALIDATION_FAILED' } });
    }
  });

  it.each(['127.0.0.1', '::1'])(
    'refuses an address that asks or connects too often, in the envelope: %s',
    async (host) => {
      const limits = { httpRate: 1, httpBurst: 3, handshakeRate: 1, handshakeBurst: 3 };
      const { service } = await proxy([await named('one')], { limits, host, trustedLoadAddresses: ['192.0.2.1'] });
      const origin = `http://${host === '::1' ? '[::1]' : host}:${service.port}`;
      for (const path of ['/api/x', '/socket.io/?EIO=4']) {
        const answers: Response[] = [];
        for (let n = 0; n < 9; n++) answers.push(await fetch(origin + path));
        expect(answers.slice(0, 4).map(({ status }) => status)).toEqual([200, 200, 200, 200]);
        const last = answers.at(-1);
        expect([last?.status, last?.headers.get('retry-after')]).toEqual([429, '1']);
        expect(await last?.json()).toMatchObject({ error: { code: 'RATE_LIMITED', details: { retryAfterMs: 1_000 } } });
      }
      // Both doors are one door to an address.
      expect((await fetch(`${origin}/ws`)).status).toBe(429);
      const polls = await Promise.all([1, 2, 3, 4, 5].map(() => fetch(`${origin}/socket.io/?EIO=4&sid=n1.x`)));
      expect(polls.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200]);
    },
  );

  it('counts no load generator', async () => {
    const limits = { httpRate: 1, httpBurst: 1, handshakeRate: 1, handshakeBurst: 1 };
    const { url } = await proxy([await named('one')], { limits });
    for (let n = 0; n < 8; n++) expect((await fetch(`${url}/api/x`)).status).toBe(200);
  });

  it('answers in the envelope when no node is there, and asks to come back', async () => {
    const { url } = await proxy([await anyFreePort()]);
    const answer = await fetch(`${url}/api/rooms`);
    expect([502, 503, 504]).toContain(answer.status);
    expect(answer.headers.get('retry-after')).toBe('1');
    expect(await answer.json()).toMatchObject({ error: { code: 'SERVICE_UNAVAILABLE', details: { retryable: true } } });
  });

  it("leaves a node's own refusal as it is", async () => {
    const refusing = await node((_, response) =>
      response.writeHead(404, { 'content-type': 'application/json' }).end('{"own":1}'),
    );
    const { url } = await proxy([refusing]);
    expect(await textAt(`${url}/api/nothing`)).toBe('{"own":1}');
  });

  it('keeps meters and probes to itself', async () => {
    const { url } = await proxy([await named('one')]);
    const paths = ['/metrics', '/metrics/x', '/health/ready', '/health/live'];
    const statuses = await Promise.all(paths.map(async (path) => (await fetch(`${url}${path}`)).status));
    expect(statuses).toEqual([404, 404, 404, 404]);
    expect((await fetch(`${url}/health`)).status).toBe(200);
  });

  it('tells its own counts only where it was asked to, on a port of this machine', async () => {
    const statusPort = await anyFreePort();
    const { url } = await proxy([await named('one')], { statusPort });
    expect(await textAt(`http://127.0.0.1:${statusPort}/stub_status`)).toContain('Active connections');
    expect((await fetch(`http://127.0.0.1:${statusPort}/api/rooms`)).status).toBe(404);
    expect(await textAt(`${url}/stub_status`)).toBe('<h1>page</h1>');
  });

  it('serves the page with its policy, and hashed files for ever', async () => {
    const { url } = await proxy([await named('one')]);
    const page = await fetch(`${url}/r/abc12345`);
    expect([page.status, await page.text()]).toEqual([200, '<h1>page</h1>']);
    expect(page.headers.get('content-security-policy')).toContain("default-src 'self'");
    expect(page.headers.get('cache-control')).toBe('no-cache');
    const asset = await fetch(`${url}/assets/a-12345678.js`);
    expect(asset.headers.get('cache-control')).toContain('immutable');
    expect((await fetch(`${url}/assets/none.js`)).status).toBe(404);
  });

  it('shows the page at every address, and says 404 where there is none', async () => {
    const { url } = await proxy([await named('one')]);
    const statusAt = async (path: string) => {
      const answer = await fetch(`${url}${path}`);
      expect(await answer.text()).toBe('<h1>page</h1>');
      expect(answer.headers.get('content-security-policy')).toContain("default-src 'self'");
      expect(answer.headers.get('cache-control')).toBe('no-cache');
      return answer.status;
    };
    for (const path of ['/', '/index.html', '/r/abc12345', '/r/abc12345/', '/r/abc12345?x=1']) {
      expect([path, await statusAt(path)]).toEqual([path, 200]);
    }
    for (const path of ['/nowhere', '/r/', '/r/short', '/r/ABC12345', '/r/abc12345/more', '/r/abc123456', '/x/../y']) {
      expect([path, await statusAt(path)]).toEqual([path, 404]);
    }
  });

  it('writes no query string into the access log', async () => {
    const { url, folder, service } = await proxy([await named('one')]);
    await textAt(`${url}/api/rooms?invite=hushhush`);
    await service.stop();
    const log = readFileSync(join(folder, 'nginx', 'nginx-access.log'), 'utf8');
    expect(log).toContain('"path":"/api/rooms"');
    expect(log).not.toContain('hushhush');
  });

  it('with a certificate listens for TLS, and the plain port only shows the way', async () => {
    const folder = temporaryFolder();
    const [cert, key] = [join(folder, 'cert.pem'), join(folder, 'key.pem')];
    const request = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-subj', '/CN=localhost', '-days', '1'];
    spawnSync('openssl', [...request, '-keyout', key, '-out', cert]);
    const tlsPort = await anyFreePort();
    const { url, service } = await proxy([await named('one')], { tls: { cert, key, port: tlsPort } });
    const answer = await fetch(`${url}/room?x=1`, { redirect: 'manual' });
    expect(answer.status).toBe(308);
    expect(answer.headers.get('location')).toBe(`https://127.0.0.1:${tlsPort}/room?x=1`);
    expect(service.url).toBe(`https://localhost:${tlsPort}`);
  });
});
