/** The ordinary user a service becomes when root starts it, and folders that user can really reach. */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
} from 'node:fs';
import { basename, join, relative } from 'node:path';
import { outputOf } from './program.ts';

/** A user of the system. */
export type Account = { name: string; uid: number; gid: number };

const OWN_NAME = 'c2c-postgres';

/** `postgres` where a package made one, else one of our own (made now if need be), else `nobody`. */
export function serviceAccount(): Account {
  const existing = lookUp('postgres') ?? lookUp(OWN_NAME);
  if (existing !== null) return existing;
  const shell = '/usr/sbin/nologin';
  outputOf('useradd', [
    '--system',
    '--user-group',
    '--no-create-home',
    '--home-dir',
    '/nonexistent',
    '--shell',
    shell,
    OWN_NAME,
  ]);
  const account = lookUp(OWN_NAME) ?? lookUp('nobody');
  if (account === null) throw new Error('PostgreSQL does not run as root, and no user for it could be found or made');
  return account;
}

function lookUp(name: string): Account | null {
  const line = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .find((entry) => entry.startsWith(`${name}:`));
  const [, , uid, gid] = line?.split(':') ?? [];
  return uid === undefined || gid === undefined ? null : { name, uid: Number(uid), gid: Number(gid) };
}

/** `wanted`, if the account can enter it; otherwise a folder of the same purpose below /var/tmp (a clone in /root is closed). */
export function reachableFolder(wanted: string, account: Account): string {
  mkdirSync(wanted, { recursive: true });
  if (can(account, 'x', wanted)) return wanted;
  return outside('data', wanted);
}

/** The folder `bin` inside `root`, or inside a copy of `root` where the account cannot run what is in it. */
export function reachableCopy(root: string, bin: string, account: Account): string {
  if (can(account, 'x', join(bin, 'postgres'))) return bin;
  const home = outside('bin', root);
  const copy = join(home, basename(root));
  if (!existsSync(copy)) {
    const half = `${copy}.${process.pid}`;
    cpSync(root, half, { recursive: true, verbatimSymlinks: true });
    renameSync(half, copy);
  }
  const place = join(copy, relative(root, bin));
  if (!can(account, 'x', join(place, 'postgres'))) {
    rmSync(copy, { recursive: true, force: true });
    throw new Error(`the user ${account.name} can run nothing in ${place}`);
  }
  return place;
}

/** A folder of root's below /var/tmp, one for each purpose and origin. One that somebody else put there is refused. */
function outside(purpose: string, origin: string): string {
  const name = createHash('sha256').update(origin).digest('hex').slice(0, 12);
  const folder = `/var/tmp/c2c-${purpose}-${name}`;
  mkdirSync(folder, { recursive: true, mode: 0o711 });
  const status = lstatSync(folder);
  if (!status.isDirectory() || status.uid !== 0) throw new Error(`${folder} belongs to somebody else`);
  chownSync(folder, 0, 0);
  chmodSync(folder, 0o711);
  return folder;
}

function can(account: Account, right: 'x', path: string): boolean {
  const test = ['-c', `test -${right} "$0"`, path];
  return spawnSync('/bin/sh', test, { uid: account.uid, gid: account.gid, cwd: '/', stdio: 'ignore' }).status === 0;
}
