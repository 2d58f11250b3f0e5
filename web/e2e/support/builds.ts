/** What tests of the client library need before the first of them: the server as people get it. */
import { buildAll } from './cluster.ts';

/** Vitest's global set-up. */
export async function setup(): Promise<void> {
  await buildAll();
}
