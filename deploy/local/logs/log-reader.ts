/** Reads a growing log piece by piece; a log that became shorter was begun anew. */
import { closeSync, existsSync, fstatSync, openSync, readSync } from 'node:fs';
import { basename } from 'node:path';
import { type LogEntry, parseEntry } from './log-entry.ts';

const CHUNK_BYTES = 1 << 20;

/** Each `read` answers the entries that were completed since the last one. */
export function createLogReader(file: string): { read(): LogEntry[] } {
  const node = /^n\d+/.exec(basename(file))?.[0] ?? basename(file);
  let position = 0;
  let rest = Buffer.alloc(0);
  return {
    read() {
      if (!existsSync(file)) return [];
      const descriptor = openSync(file, 'r');
      try {
        if (fstatSync(descriptor).size < position) {
          position = 0;
          rest = Buffer.alloc(0);
        }
        const entries: LogEntry[] = [];
        const chunk = Buffer.alloc(CHUNK_BYTES);
        for (let size = readSync(descriptor, chunk, 0, CHUNK_BYTES, position); size > 0; ) {
          position += size;
          const bytes = Buffer.concat([rest, chunk.subarray(0, size)]);
          const end = bytes.lastIndexOf(10) + 1;
          rest = bytes.subarray(end);
          for (const line of bytes.subarray(0, end).toString('utf8').split('\n')) {
            if (line !== '') entries.push(parseEntry(line, node, entries.at(-1)?.timeMs ?? 0));
          }
          size = readSync(descriptor, chunk, 0, CHUNK_BYTES, position);
        }
        return entries;
      } finally {
        closeSync(descriptor);
      }
    },
  };
}
