/** What a Grafana of this machine is told before it is started. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { writeConfiguration } from '../local/services/grafana.ts';
import { temporaryFolder } from './temporary-folder.ts';

describe('the configuration of Grafana', () => {
  const dir = () => temporaryFolder();
  const given = { port: 3001, dashboards: '/clone/dashboards', prometheus: 'http://127.0.0.1:9090' };

  it('keeps it on this machine, lets anybody look and nobody change anything, and calls nobody', () => {
    const text = readFileSync(writeConfiguration({ dir: dir(), ...given }), 'utf8');
    for (const line of [
      'http_addr = 127.0.0.1',
      'http_port = 3001',
      'org_role = Viewer',
      'reporting_enabled = false',
    ]) {
      expect(text.split('\n')).toContain(line);
    }
  });

  it('brings our Prometheus and our dashboards', () => {
    const folder = dir();
    writeConfiguration({ dir: folder, ...given });
    const read = (file: string): unknown => parse(readFileSync(join(folder, 'provisioning', file), 'utf8'));
    expect(read('datasources/c2c.yaml')).toMatchObject({
      apiVersion: 1,
      datasources: [{ type: 'prometheus', url: given.prometheus, isDefault: true, jsonData: { timeInterval: '5s' } }],
    });
    expect(read('dashboards/c2c.yaml')).toMatchObject({
      apiVersion: 1,
      providers: [{ type: 'file', options: { path: given.dashboards } }],
    });
  });
});
