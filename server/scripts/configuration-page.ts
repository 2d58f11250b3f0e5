/** Writes docs/CONFIGURATION.md from the schema of the settings; with `--check` fails where the page is not what would be written. */
import { readFileSync, writeFileSync } from 'node:fs';
import { configurationPage } from './configuration-markdown.ts';

const PAGE = new URL('../docs/CONFIGURATION.md', import.meta.url);
const wanted = configurationPage();

if (!process.argv.includes('--check')) {
  writeFileSync(PAGE, wanted);
} else if (readFileSync(PAGE, 'utf8') !== wanted) {
  process.stderr.write(
    'server/docs/CONFIGURATION.md is not what the settings say; npm run config -- --page writes it\n',
  );
  process.exitCode = 1;
}
