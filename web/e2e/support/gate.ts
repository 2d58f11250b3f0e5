/** Somebody's own way to the cluster: a TCP relay that can be cut and mended while everybody else goes on. */
import { connect, createServer, type Socket } from 'node:net';
import { freePort } from './ground.ts';

/** See the file's sentence. */
export interface Gate {
  /** What the person opens instead of the cluster. */
  readonly url: string;
  /** Ends every connection and refuses new ones. */
  cut(): void;
  /** Lets connections through again. */
  mend(): void;
  close(): Promise<void>;
}

/** A relay to `target`, open. Who comes through it is seen at the address `from`, where the machine has more than one. */
export async function openGate(target: string, from?: string): Promise<Gate> {
  const { hostname, port: targetPort } = new URL(target);
  const sockets = new Set<Socket>();
  let isOpen = true;
  const server = createServer((inward) => {
    if (!isOpen) return inward.destroy();
    const outward = connect({ host: hostname, port: Number(targetPort), localAddress: from });
    for (const [one, other] of [
      [inward, outward],
      [outward, inward],
    ] as const) {
      sockets.add(one);
      one.once('error', () => other.destroy());
      one.once('close', () => {
        sockets.delete(one);
        other.destroy();
      });
      one.pipe(other);
    }
    return undefined;
  });
  const port = await freePort();
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  const cut = () => {
    isOpen = false;
    for (const socket of sockets) socket.destroy();
  };
  return {
    url: `http://127.0.0.1:${port}`,
    cut,
    mend() {
      isOpen = true;
    },
    async close() {
      cut();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
