/** A node as far as sweeping goes, as a process of its own that a test may kill: `tsx sweeper-process.ts <redis url> <times as JSON>`. */
import { startPresenceNode } from './presence-nodes.ts';

const [url = '', times = '{}'] = process.argv.slice(2);
await startPresenceNode(url, JSON.parse(times));
process.send?.('ready');
