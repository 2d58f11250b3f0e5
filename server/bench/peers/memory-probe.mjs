/** Preloaded into servers whose memory is measured, Node and Bun alike: asked by its parent, it collects garbage and answers. */
const collect = globalThis.gc ?? (() => globalThis.Bun.gc(true));
const ROUNDS = 5;
const PAUSE_MS = 200;

process.on('message', async (message) => {
  if (message !== 'collect') return;
  for (let round = 0; round < ROUNDS; round++) {
    collect();
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
  const { heapUsed, external } = process.memoryUsage();
  process.send({ heapBytes: heapUsed + external });
});
