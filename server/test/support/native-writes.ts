/** What main.ts does for a node: shared bytes may go past the streams of sockets. */
import { allowDirectWrites } from '../../src/transport/tcp-writes.ts';

/** Answers whether this version of Node has what it takes. */
export function allowNativeWrites(): boolean {
  return allowDirectWrites((name) => (process as unknown as { binding(name: string): unknown }).binding(name));
}
