/** What nginx takes from the environment: the settings it shares with the nodes, and TLS. */
import { existsSync } from 'node:fs';
import type { AddressLimits, NginxSettings } from './nginx-config.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** Throws where TLS_CERT and TLS_KEY are not both there. */
export function nginxSettingsOf(env: Environment): Pick<NginxSettings, 'limits' | 'tls' | 'trustedLoadAddresses'> {
  const trusted = (env.TRUSTED_LOAD_ADDRESSES ?? '').split(/[\s,]+/).filter(Boolean);
  return {
    limits: addressLimits(env),
    tls: tlsOf(env),
    trustedLoadAddresses: trusted.length === 0 ? undefined : trusted,
  };
}

/** nginx counts by the settings that the nodes get. A value that is none is the nodes' to complain about. */
function addressLimits(env: Environment): Partial<AddressLimits> {
  const given = {
    httpRate: Number(env.HTTP_RATE),
    httpBurst: Number(env.HTTP_BURST),
    handshakeRate: Number(env.HANDSHAKE_RATE),
    handshakeBurst: Number(env.HANDSHAKE_BURST),
    connectionsPerAddress: Number(env.CONNECTIONS_PER_ADDRESS),
  };
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value > 0));
}

function tlsOf({ TLS_CERT: cert, TLS_KEY: key, TLS_PORT: port = '8443' }: Environment) {
  if (!cert && !key) return undefined;
  if (!cert || !key) throw new Error('TLS_CERT and TLS_KEY belong together: give both or none');
  for (const file of [cert, key]) if (!existsSync(file)) throw new Error(`${file} (TLS_CERT, TLS_KEY) does not exist`);
  return { cert, key, port: Number(port) };
}
