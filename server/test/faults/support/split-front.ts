/** Every third client of both doors reaches nginx through a proxy that can shut it out; the others do directly. */
import { type FrameProxy, startFrameProxy } from './frame-proxy.ts';
import type { Front } from './scenario.ts';

/** See the file's sentence. */
export interface SplitFront {
  /** For a fault's `front`. */
  open(nginxUrl: string): Promise<Front>;
  isBehind(client: number): boolean;
  shutOut(): void;
  letIn(): void;
}

/** A front that opens with the fault. */
export function startSplitFront(): SplitFront {
  let proxy: FrameProxy | null = null;
  const isBehind = (client: number) => client % 3 === 0;
  return {
    async open(nginxUrl) {
      const opened = await startFrameProxy(nginxUrl);
      proxy = opened;
      return { urlOf: (client) => (isBehind(client) ? opened.urlOf(client) : nginxUrl), close: opened.close };
    },
    isBehind,
    shutOut: () => proxy?.shutOut(),
    letIn: () => proxy?.letIn(),
  };
}
