/** Copies what the compiler leaves behind: Lua scripts beside the store that loads them. */
import { cpSync } from 'node:fs';

const root = new URL('..', import.meta.url);
cpSync(new URL('src/store/scripts', root), new URL('dist/store/scripts', root), { recursive: true });
