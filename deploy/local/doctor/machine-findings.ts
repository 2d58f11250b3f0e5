/** What this machine has and allows: Node, disk, files, programs, ports. */
import { readFileSync, statfsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import type { Context } from '../bootstrap/context.ts';
import { otherPort } from '../cluster/port-check.ts';
import { runningCluster } from '../cluster/state.ts';
import { openFileLimit } from '../process/limits.ts';
import { portProblem } from '../process/ports.ts';
import { unpackedProgram } from '../services/apt.ts';
import { workerConnections } from '../services/nginx-config.ts';
import { bundledPostgres, installedPostgres } from '../services/postgres-binaries.ts';
import type { Need } from '../services/program.ts';
import { advice, NGINX, REDIS } from '../services/provision.ts';
import { type Finding, judge } from './finding.ts';
import { observationPrograms } from './observation-findings.ts';

const GIGABYTE = 1024 ** 3;
const LEAST_FREE = GIGABYTE;
const LEAST_FILES = 4096;

/** `port` is where nginx is to listen. */
export async function machineFindings({ root, home }: Context, port: number): Promise<Finding[]> {
  return [
    { verdict: 'good', name: 'Node', text: `${process.version} on ${process.platform} ${process.arch}` },
    { verdict: 'good', name: 'packages', text: 'as in package-lock.json' },
    disk(root),
    ...files(),
    ...backlog(),
    program(REDIS, home),
    program(NGINX, home),
    postgres(),
    observationPrograms(home),
    await publicPort(home, port),
  ];
}

function disk(root: string): Finding {
  const { bavail, bsize } = statfsSync(root);
  const free = bavail * bsize;
  const text = `${(free / GIGABYTE).toFixed(1)} GB free for .c2c/ (data and logs)`;
  return judge(free > LEAST_FREE, {
    name: 'disk',
    text,
    fix: 'make room: Redis stops taking messages when its log cannot grow',
  });
}

/** A person costs nginx two files and their node one. */
function files(): Finding[] {
  const limit = openFileLimit();
  const workers = availableParallelism();
  const people = Math.floor((workerConnections(limit) * workers) / 2);
  const text = `${limit} open files a process: about ${people} people through nginx (${workers} workers), ${limit - 64} on a node`;
  const fix = 'raise it: ulimit -Hn 65536 as root, or LimitNOFILE= in a unit, or nofile in /etc/security/limits.conf';
  return [judge(limit >= LEAST_FILES, { name: 'files', text, fix }, 'warning')];
}

/** How many connections may wait to be accepted, which is what a storm of reconnects needs. */
function backlog(): Finding[] {
  if (process.platform !== 'linux') return [];
  const length = Number(readFileSync('/proc/sys/net/core/somaxconn', 'utf8'));
  const fix = 'sysctl -w net.core.somaxconn=4096';
  return [
    judge(length >= 511, { name: 'backlog', text: `${length} connections may wait to be accepted`, fix }, 'warning'),
  ];
}

function program(need: Need, home: string): Finding {
  const found = need.find() ?? unpackedProgram(need, home);
  if (found !== null) return { verdict: 'good', name: need.name, text: `${found.version} (${found.file})` };
  const isOutside = need.name === 'Redis' && Boolean(process.env.REDIS_URL);
  if (isOutside) return { verdict: 'good', name: need.name, text: 'REDIS_URL is used' };
  return { verdict: 'warning', name: need.name, text: 'not found; npm start tries to fetch it', fix: advice(need) };
}

function postgres(): Finding {
  const found = bundledPostgres() ?? installedPostgres();
  const name = 'PostgreSQL';
  if (process.env.DATABASE_URL) return { verdict: 'good', name, text: 'DATABASE_URL is used' };
  if (found !== null) return { verdict: 'good', name, text: `${found.major} (${found.source})` };
  return {
    verdict: 'warning',
    name,
    text: 'not found: errors use the bundled texts',
    fix: 'npm ci --include=optional',
  };
}

async function publicPort(home: string, port: number): Promise<Finding> {
  const name = `port ${port}`;
  const running = runningCluster(home);
  if (running?.nginx?.port === port) return { verdict: 'good', name, text: 'used by the cluster that runs here' };
  const problem = await portProblem(port);
  if (problem === null) return { verdict: 'good', name, text: 'free' };
  const other = await otherPort(port);
  const text = problem === 'EADDRINUSE' ? 'is taken by another program' : `cannot be used (${problem})`;
  return judge(running !== null, { name, text, fix: `npm start -- --port ${other}` });
}
