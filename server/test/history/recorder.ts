/** Collects the lines of all clients of one test, in the order in which they happened. */
import { writeFileSync } from 'node:fs';
import { formatHistory, type Happening, type HistoryRecord } from './format.ts';

/** Takes the lines of one client. */
export interface ClientRecorder {
  /** A new connection begins; later lines belong to it. */
  nextConnection(): void;
  add(happening: Happening): void;
}

/** A history in the making. */
export interface History {
  readonly records: readonly HistoryRecord[];
  client(name: string): ClientRecorder;
  /** Writes all lines so far as JSONL. */
  save(file: string): void;
}

/** An empty history. */
export function createHistory(): History {
  const records: HistoryRecord[] = [];
  return {
    records,
    client(name) {
      let connection = 0;
      return {
        nextConnection() {
          connection++;
        },
        add(happening) {
          records.push({ client: name, connection, at: performance.timeOrigin + performance.now(), ...happening });
        },
      };
    },
    save: (file) => writeFileSync(file, formatHistory(records)),
  };
}
