/** The door of every `npm run` command of the launcher: plain JavaScript, so that an old Node can still read why it is refused. */
import process from 'node:process';

const OLDEST = { major: 20, minor: 19 };
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
if (major < OLDEST.major || (major === OLDEST.major && minor < OLDEST.minor)) {
  console.error(
    `C2C needs Node ${OLDEST.major}.${OLDEST.minor} or newer; this is ${process.version}. See https://nodejs.org/`,
  );
  process.exit(1);
}
const { main } = await import('./bootstrap/main.mjs');
process.exitCode = await main(process.argv.slice(2));
