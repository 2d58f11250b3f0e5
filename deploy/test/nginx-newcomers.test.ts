/** Newcomers through nginx: past a node that stands still, past nodes that refuse, and within the limits of their address. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { anyFreePort } from '../local/process/ports.ts';
import { type NginxOptions, startNginx } from '../local/services/nginx.ts';
import { temporaryFolder } from './temporary-folder.ts';

/** A node in a process of its own: it lets everybody in, or answers handshakes with `status`, and says who it is. */
const STAND_IN = `
const [name, status, live] = process.argv.slice(1);
const { createServer } = require('node:http');
const accept = (key) => require('node:crypto').createHash('sha1').update(key + '258EAFA5-E914-47DA-95CA-C5AB0DC85B11').digest('base64');
const server = createServer((request, response) => {
  if (request.url.startsWith('/health')) return response.end();
  response.writeHead(Number(status), { 'retry-after': '7', 'x-node': name }).end(name);
});
server.on('upgrade', (request, socket) => {
  socket.on('error', () => socket.destroy());
  if (status !== '200') return socket.end('HTTP/1.1 ' + status + ' No\\r\\nRetry-After: 7\\r\\nX-Node: ' + name + '\\r\\nConnection: close\\r\\nContent-Length: 0\\r\\n\\r\\n');
  const key = request.headers['sec-websocket-key'];
  socket.write('HTTP/1.1 101 Switching Protocols\\r\\nUpgrade: websocket\\r\\nConnection: Upgrade\\r\\nX-Node: ' + name + '\\r\\nSec-WebSocket-Accept: ' + accept(key) + '\\r\\n\\r\\n');
});
server.listen(0, '127.0.0.1', () => console.log(server.address().port));
`;

async function standIn(name: string, status = 200): Promise<{ port: number; child: ChildProcess }> {
  const child = spawn(process.execPath, ['-e', STAND_IN, name, String(status)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  const [chunk] = await once(child.stdout, 'data');
  return { port: Number(String(chunk)), child };
}

async function proxy(ports: readonly number[], limits: NginxOptions['limits'] = {}): Promise<string> {
  const folder = temporaryFolder();
  const webRoot = join(folder, 'web');
  mkdirSync(webRoot);
  const nodes = ports.map((port, index) => ({ name: `n${index + 1}`, port }));
  const port = await anyFreePort();
  const service = await startNginx({ port, nodes, dir: join(folder, 'nginx'), webRoot, limits });
  onTestFinished(() => service.stop());
  return `http://127.0.0.1:${port}`;
}

type Knock = { node: string | null; status: number; retryAfter: string | null; ms: number };

const POLLING = '/socket.io/?EIO=4&transport=polling';
const UPGRADES = ['/ws', '/socket.io/?EIO=4&transport=websocket'];

async function knock(url: string): Promise<Knock> {
  const startedAt = performance.now();
  const answer = await fetch(url);
  await answer.text();
  const ms = performance.now() - startedAt;
  const { headers, status } = answer;
  return { node: headers.get('x-node'), status, retryAfter: headers.get('retry-after'), ms };
}

/** By hand, because the headers of an upgrade are to be seen. The socket stays open till the end of the test. */
async function upgrade(url: string): Promise<Knock> {
  const { request } = await import('node:http');
  const startedAt = performance.now();
  const headers = {
    connection: 'Upgrade',
    upgrade: 'websocket',
    'sec-websocket-version': '13',
    'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
  };
  const asked = request(url, { headers }).end();
  const [response, socket] = await Promise.race([once(asked, 'upgrade'), once(asked, 'response')]);
  socket?.on('error', () => undefined);
  onTestFinished(() => void asked.destroy());
  const { 'x-node': node = null, 'retry-after': retryAfter = null } = response.headers;
  return { node, status: response.statusCode, retryAfter, ms: performance.now() - startedAt };
}

describe('a node that stands still', () => {
  it.each(UPGRADES)('takes no newcomer of %s, who waits once and for seconds only', async (path) => {
    const [one, two, three] = [await standIn('one'), await standIn('two'), await standIn('three')];
    const url = await proxy([one.port, two.port, three.port]);
    // The others have people: the frozen one has the fewest and would be everybody's choice.
    for (let n = 0; n < 3; n++) await upgrade(`${url}${path}`);
    one.child.kill('SIGSTOP');
    const knocks: Knock[] = [];
    for (let n = 0; n < 12; n++) knocks.push(await upgrade(`${url}${path}`));
    one.child.kill('SIGCONT');
    const late = knocks.filter(({ ms }) => ms > 1_500);
    expect(new Set(knocks.map(({ node }) => node))).toEqual(new Set(['two', 'three']));
    expect(late.length).toBeLessThanOrEqual(2);
    for (const { ms } of late) expect(ms).toBeLessThan(6_000);
  });

  it('is asked again, and gets its newcomers back', async () => {
    const [one, two] = [await standIn('one'), await standIn('two')];
    const url = await proxy([one.port, two.port]);
    one.child.kill('SIGSTOP');
    for (let n = 0; n < 3; n++) expect((await knock(`${url}${POLLING}`)).status).toBe(200);
    one.child.kill('SIGCONT');
    const deadline = performance.now() + 15_000;
    let nodes: (string | null)[] = [];
    while (!nodes.includes('one') && performance.now() < deadline) nodes = [(await knock(`${url}${POLLING}`)).node];
    expect(nodes).toEqual(['one']);
  });
});

describe('nodes that refuse', () => {
  it.each([POLLING, ...UPGRADES])('are passed by, any number of times: %s', async (path) => {
    const [one, two, three] = [await standIn('one', 503), await standIn('two', 503), await standIn('three')];
    const url = await proxy([one.port, two.port, three.port]);
    const ask = path === POLLING ? knock : upgrade;
    for (let n = 0; n < 8; n++) expect((await ask(`${url}${path}`)).node).toBe('three');
  });

  it.each([POLLING, ...UPGRADES])(
    'all of them tell when to come again, and none is taken for dead: %s',
    async (path) => {
      const [one, two] = [await standIn('one', 503), await standIn('two', 503)];
      const url = await proxy([one.port, two.port]);
      const ask = path === POLLING ? knock : upgrade;
      for (let n = 0; n < 6; n++) expect(await ask(`${url}${path}`)).toMatchObject({ status: 503, retryAfter: '7' });
    },
  );

  it('an address that a node has had enough of is told so by that node, and goes to no other', async () => {
    const [one, two] = [await standIn('one', 429), await standIn('two', 429)];
    const url = await proxy([one.port, two.port]);
    expect(await knock(`${url}${POLLING}`)).toMatchObject({ status: 429, retryAfter: '7' });
    expect(await upgrade(`${url}/ws`)).toMatchObject({ status: 429, retryAfter: '7' });
  });
});

it('is refused in the envelope where no node lives', async () => {
  const url = await proxy([await anyFreePort(), await anyFreePort()]);
  expect((await knock(`${url}${POLLING}`)).status).toBe(502);
  expect((await upgrade(`${url}/ws`)).status).toBe(502);
});
