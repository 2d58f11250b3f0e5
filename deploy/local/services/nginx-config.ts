/** The configuration of nginx: the templates of `nginx/` filled in for one machine, as pure text. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { nginxEnvelopes } from './nginx-envelopes.ts';

/** A node as nginx sees it. */
export type Upstream = { name: string; port: number; host?: string };

/** What the configuration depends on. Paths are absolute; `hosts` are the addresses to listen on (IPv6 in brackets). */
export type NginxSettings = {
  port: number;
  hosts: readonly string[];
  nodes: readonly Upstream[];
  dir: string;
  webRoot: string;
  accessLog: string;
  errorLog: string;
  fileLimit: number;
  /** Set when nginx is started by root: the user its workers become. */
  workerUser?: string | undefined;
  /** Clients that no limit counts; loopback unless given. */
  trustedLoadAddresses?: readonly string[] | undefined;
  tls?: { cert: string; key: string; port: number } | undefined;
  limits?: Partial<AddressLimits> | undefined;
  /** Where nginx tells its own counts (`/stub_status`), on loopback; nowhere unless given. */
  statusPort?: number | undefined;
};

/** What one address may do; the same settings as the nodes have. Rates are a second. */
export type AddressLimits = {
  httpRate: number;
  httpBurst: number;
  handshakeRate: number;
  handshakeBurst: number;
  connectionsPerAddress: number;
};

const LIMITS: AddressLimits = {
  httpRate: 100,
  httpBurst: 500,
  handshakeRate: 100,
  handshakeBurst: 1_000,
  connectionsPerAddress: 5_000,
};

const TEMPLATES = join(import.meta.dirname, '../../../nginx');
const MAX_WORKER_CONNECTIONS = 65_535;

// One page, own scripts and styles only. Socket addresses of the same origin are 'self' too.
const CONTENT_SECURITY_POLICY = [
  "default-src 'self'",
  "img-src 'self' data: blob:",
  "object-src 'none'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
].join('; ');

const LOOPBACK = ['127.0.0.0/8', '::1/128'];

/** See the template, beside `listen`. */
const SEND_BUFFER = '128k';

/** The whole nginx.conf. */
export function renderNginxConfig(settings: NginxSettings): string {
  const { nodes } = settings;
  return fill('nginx.conf.template', {
    dir: settings.dir,
    errorLog: quote(settings.errorLog),
    accessLog: quote(settings.accessLog),
    userLine: userLine(settings.workerUser),
    fileLimit: String(settings.fileLimit),
    workerConnections: String(workerConnections(settings.fileLimit)),
    sidMap: lines(nodes, (node) => `    ~^${node.name}\\. node_${node.name};`),
    nodeServers: lines(nodes, (node) => `    server ${address(node)} max_fails=0;`),
    nodePools: lines(
      nodes,
      (node) => `  upstream node_${node.name} { server ${address(node)} max_fails=0; keepalive 16; }`,
    ),
    trustedAddresses: lines(settings.trustedLoadAddresses ?? LOOPBACK, (trusted) => `    ${trusted} 0;`),
    newcomerServers: lines(nodes, (node) => `    server ${address(node)} max_fails=1 fail_timeout=5s;`),
    ...limitsOf(settings),
    ...nginxEnvelopes().maps,
    servers: `${servers(settings)}${statusServer(settings)}`,
  });
}

/** Connections one worker may have, both sides counted; some files stay for logs and static files. */
export function workerConnections(fileLimit: number): number {
  return Math.max(64, Math.min(MAX_WORKER_CONNECTIONS, fileLimit - 64));
}

function limitsOf({ limits }: NginxSettings): Record<keyof AddressLimits, string> {
  const { httpRate, httpBurst, handshakeRate, handshakeBurst, connectionsPerAddress } = { ...LIMITS, ...limits };
  return {
    httpRate: String(Math.max(1, Math.round(httpRate))),
    httpBurst: String(httpBurst),
    handshakeRate: String(Math.max(1, Math.round(handshakeRate))),
    handshakeBurst: String(handshakeBurst),
    connectionsPerAddress: String(connectionsPerAddress),
  };
}

function servers(settings: NginxSettings): string {
  const { tls, hosts, port } = settings;
  const limits = limitsOf(settings);
  const newcomer = (next: string) => fill('newcomer.conf.template', { ...limits, next });
  const main = (listen: string, secure: string) =>
    fill('server.conf.template', {
      listen,
      tls: secure,
      webRoot: quote(settings.webRoot),
      ...limits,
      newcomerSocketio: newcomer('@any_socketio'),
      newcomer: newcomer('@any_node'),
      hsts: tls === undefined ? '' : '      add_header Strict-Transport-Security "max-age=31536000" always;',
      contentSecurityPolicy: CONTENT_SECURITY_POLICY,
      envelopes: nginxEnvelopes().locations,
    });
  if (tls === undefined) return main(listenLines(hosts, port, ''), '');
  const redirect = fill('redirect.conf.template', { listen: listenLines(hosts, port, ''), tlsPort: String(tls.port) });
  return `${redirect}\n${main(listenLines(hosts, tls.port, ' ssl'), tlsLines(tls))}`;
}

function statusServer({ statusPort }: NginxSettings): string {
  return statusPort === undefined ? '' : `\n${fill('status.conf.template', { statusPort: String(statusPort) })}`;
}

function listenLines(hosts: readonly string[], port: number, suffix: string): string {
  return lines(hosts, (host) => `    listen ${host}:${port}${suffix} sndbuf=${SEND_BUFFER};`);
}

function tlsLines(tls: { cert: string; key: string }): string {
  return [
    `    ssl_certificate ${quote(tls.cert)};`,
    `    ssl_certificate_key ${quote(tls.key)};`,
    '    ssl_protocols TLSv1.2 TLSv1.3;',
    '    # A reconnect within a day skips the expensive half of the handshake.',
    '    ssl_session_cache shared:tls:10m;',
    '    ssl_session_timeout 1d;',
    '    ssl_session_tickets off;',
  ].join('\n');
}

function userLine(user: string | undefined): string {
  if (user === undefined)
    return '# Started by an ordinary user: the workers are that user, and `user` would only warn.';
  if (user !== 'root') return `# Started by root: the workers give its rights up.\nuser ${user};`;
  return '# Started by root from a folder that nobody else may enter: only root can read the page.\nuser root;';
}

function address(node: Upstream): string {
  return `${node.host ?? '127.0.0.1'}:${node.port}`;
}

function lines<T>(items: readonly T[], line: (item: T) => string): string {
  return items.map(line).join('\n');
}

/** A path as nginx reads it back unchanged. */
function quote(path: string): string {
  return `"${path.replace(/[\\"]/g, '\\$&')}"`;
}

function fill(template: string, values: Readonly<Record<string, string>>): string {
  const text = readFileSync(join(TEMPLATES, template), 'utf8');
  return text.replace(/\$\{([a-zA-Z]+)\}/g, (_, name: string) => {
    const value = values[name];
    if (value === undefined) throw new Error(`nginx/${template} asks for an unknown \${${name}}`);
    return value;
  });
}
