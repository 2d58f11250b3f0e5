/** Another issuer, for tests: key pairs, tokens signed with them, and the set of public keys on a real HTTP server. */
import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type CryptoKey, exportJWK, generateKeyPair, type JWK, SignJWT } from 'jose';

export const ISSUER = 'https://issuer.example';
export const AUDIENCE = 'c2c-test';

type KeyPair = { kid: string; alg: string; privateKey: CryptoKey; publicJwk: JWK };

/** Makes a key pair. */
export async function makeKey(kid: string, alg = 'ES256'): Promise<KeyPair> {
  const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true });
  return { kid, alg, privateKey, publicJwk: { ...(await exportJWK(publicKey)), kid, alg, use: 'sig' } };
}

type Signer = Pick<KeyPair, 'alg' | 'privateKey'> & { kid: string | undefined };

/** A token as the issuer signs it: good for an hour unless `claims` say otherwise. Without a `kid` it names no key. */
export function signWith({ kid, alg, privateKey }: Signer, claims: Record<string, unknown>): Promise<string> {
  const nowSeconds = Math.floor(Date.now() / 1000);
  const usual = { iss: ISSUER, aud: AUDIENCE, iat: nowSeconds, exp: nowSeconds + 3_600 };
  return new SignJWT({ ...usual, ...claims })
    .setProtectedHeader(kid === undefined ? { alg } : { alg, kid })
    .sign(privateKey);
}

/** The issuer's web server. */
export interface JwksServer {
  readonly url: string;
  /** How often the set was asked for. */
  readonly asked: number;
  publish(...keys: KeyPair[]): void;
  /** Answers like this from now on, until `publish`. */
  answer(respond: (response: ServerResponse) => void): void;
  close(): Promise<void>;
}

/** Starts it on a free port, with these keys. */
export async function startJwksServer(...keys: KeyPair[]): Promise<JwksServer> {
  let asked = 0;
  let respond: (response: ServerResponse) => void;
  const publish = (...published: KeyPair[]) => {
    respond = (response) => response.end(JSON.stringify({ keys: published.map(({ publicJwk }) => publicJwk) }));
  };
  publish(...keys);
  const server = createServer((_request, response) => {
    asked++;
    respond(response);
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/jwks`,
    get asked() {
      return asked;
    },
    publish,
    answer: (next) => {
      respond = next;
    },
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
