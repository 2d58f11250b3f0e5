/** `npm run bench -- <name> [options]`: runs one benchmark and prints its figures; none of them judges a time. */
import { parseArgs } from 'node:util';
import { latency } from './latency.ts';

const USAGE = `usage: npm run bench -- latency [--url http://localhost:8080] [--messages 500]

  latency   from key press to the other client, p50 and p99, for each pair of doors
            --url       a running cluster; without it a cluster of two nodes is started for the run
            --messages  how many for each pair`;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    url: { type: 'string' },
    messages: { type: 'string', default: '500' },
    help: { type: 'boolean', default: false },
  },
});
const messages = Number(values.messages);

if (values.help || positionals[0] !== 'latency' || !Number.isInteger(messages) || messages < 1) {
  console.log(USAGE);
  process.exitCode = values.help ? 0 : 2;
} else await latency({ url: values.url, messages });
