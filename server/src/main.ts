/** The process of one node: configuration, start, signals, one orderly end. The only file that touches `process`. */
import closeWithGrace from 'close-with-grace';
import { createApp } from './app.ts';
import { ConfigError, readConfig } from './config.ts';
import { createLogger } from './ops/logger.ts';
import { allowDirectWrites } from './transport/tcp-writes.ts';

/** Not in the types: only for `tcp-writes.ts`. */
const NATIVE = process as unknown as { binding(name: string): unknown };

async function main(): Promise<void> {
  const config = readConfig(process.env);
  const logger = createLogger({ level: config.LOG_LEVEL, nodeId: config.NODE_ID });
  if (config.FANOUT_FAST_PATH === 'on' && !allowDirectWrites((name) => NATIVE.binding(name))) {
    logger.warn('this version of Node is not known: bytes go to connections through streams');
  }
  const app = await createApp(config, logger);
  closeWithGrace({ delay: config.SHUTDOWN_TIMEOUT_MS, logger: false }, async ({ err, signal }) => {
    if (err) logger.fatal({ err }, 'defect ends the node');
    else logger.info({ signal }, 'asked to stop');
    await app.close();
  });
  const port = await app.listen();
  logger.info({ port, pid: process.pid }, 'listening');
}

main().catch((error: unknown) => {
  const text = error instanceof ConfigError ? error.message : String(error instanceof Error ? error.stack : error);
  process.stderr.write(`${text}\n`);
  process.exit(1);
});
