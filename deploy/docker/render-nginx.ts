/**
 * Writes NGINX_DIR/nginx.conf for a container, with the launcher's own templates. NODES is `n1=10.0.0.11:3000 n2=…`; addresses, because
 * nginx looks names up once and refuses to start where one is unknown. STATUS_PORT, where given, is nginx's own counts on loopback.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openFileLimit } from '../local/process/limits.ts';
import { renderNginxConfig, type Upstream } from '../local/services/nginx-config.ts';
import { nginxSettingsOf } from '../local/services/nginx-environment.ts';

function required(name: string): string {
  const value = process.env[name];
  if (value === undefined || value === '') throw new Error(`${name} is missing`);
  return value;
}

function upstream(entry: string): Upstream {
  const [, name, host, port] = /^([a-z][a-z0-9]{0,15})=([\d.]+):(\d+)$/.exec(entry) ?? [];
  if (name === undefined || host === undefined) throw new Error(`NODES: '${entry}' is not like n1=10.0.0.11:3000`);
  return { name, host, port: Number(port) };
}

try {
  const dir = required('NGINX_DIR');
  const configuration = renderNginxConfig({
    port: Number(required('PORT')),
    hosts: ['0.0.0.0'],
    nodes: required('NODES').trim().split(/\s+/).map(upstream),
    dir,
    webRoot: required('WEB_ROOT'),
    accessLog: '/dev/stdout',
    errorLog: 'stderr',
    fileLimit: openFileLimit(),
    statusPort: Number(process.env.STATUS_PORT) || undefined,
    ...nginxSettingsOf(process.env),
  });
  mkdirSync(dir, { recursive: true });
  writeFileSync(join(dir, 'nginx.conf'), configuration);
} catch (error) {
  console.error(`✘ nginx cannot be configured: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
}
