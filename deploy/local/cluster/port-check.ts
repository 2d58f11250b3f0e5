/** Whether nginx may listen where it was told to, asked before anything is started. */
import { findFreePort, portProblem } from '../process/ports.ts';

/** Rejects with one sentence that names the way out. */
export async function checkPort({ port, host }: { port: number; host: string | undefined }): Promise<void> {
  const hosts = host === undefined ? ['127.0.0.1', '::1'] : [host];
  for (const address of hosts) {
    const problem = await portProblem(port, address);
    const isMissing = host === undefined && address === '::1' && problem !== 'EADDRINUSE';
    if (problem !== null && !isMissing) throw new Error(await sentence(port, address, problem));
  }
}

/** A free port near one that cannot be had. */
export function otherPort(port: number): Promise<number> {
  return findFreePort(port < 60_000 ? port + 1 : 8081);
}

async function sentence(port: number, address: string, problem: string): Promise<string> {
  if (problem === 'EADDRINUSE') {
    return `port ${port} is taken by another program; choose another one: npm start -- --port ${await otherPort(port)}`;
  }
  if (problem === 'EACCES') return `port ${port} is reserved for root; choose one above 1023: npm start -- --port 8080`;
  return `this machine cannot listen on ${address} port ${port} (${problem})`;
}
