/** `npm run dev`: one node that starts again when its source changes, and the page as vite serves it. */
import type { Context } from '../bootstrap/context.ts';
import { UsageError } from '../bootstrap/options.mjs';
import { bringUpDevelopment } from '../cluster/development.ts';
import { say } from '../cluster/terminal.ts';
import { launch } from './start.ts';

const HELP = `For work on C2C itself: Redis, PostgreSQL, one node (on port 8080) that starts again when server/src changes, and the page
on http://127.0.0.1:5173 (or the next free port), which follows web/src. Ctrl-C stops all of it.

  npm run dev [-- --port <port of the node>]`;

/** Runs until it is told to stop. */
export async function run(args: string[], context: Context): Promise<number> {
  if (args.includes('--help') || args.includes('-h')) {
    say(HELP);
    return 0;
  }
  if (args.length > 0 && args[0] !== '--port') throw new UsageError('npm run dev takes only --port');
  return launch(args, context, bringUpDevelopment);
}
