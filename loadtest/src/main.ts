/** The k6 script of all scenarios: what k6 is told, the rooms, the VUs, the summary. Settings come by environment (see settings.ts). */
import { vu } from 'k6/execution';
import { asyncRequest, get, post } from 'k6/http';
import { clearInterval, setInterval } from 'k6/timers';
import { liveAsMember } from './member.ts';
import { beginCounts, count, flushCounts } from './metrics.ts';
import { createRoomView } from './room-view.ts';
import { readSettings, usersOf, vusFor } from './settings.ts';
import { thresholdsOf } from './thresholds.ts';
import { longestRunSeconds, planRun } from './timeline.ts';

const SETTINGS = readSettings(__ENV);
/** From the end of `setup` until the first user arrives: every VU must be there by then. */
const LEAD_MS = 1_000;
const FLUSH_EVERY_MS = 500;
const JSON_HEADERS = { headers: { 'content-type': 'application/json' } };

/** Read by k6. */
export const options = {
  scenarios: {
    [SETTINGS.scenario]: {
      executor: 'per-vu-iterations',
      exec: 'crowd',
      vus: vusFor(SETTINGS),
      iterations: 1,
      maxDuration: `${longestRunSeconds(SETTINGS)}s`,
      gracefulStop: '1s',
    },
  },
  thresholds: thresholdsOf(SETTINGS),
  setupTimeout: '120s',
  summaryTrendStats: ['min', 'avg', 'med', 'p(90)', 'p(95)', 'p(99)', 'max'],
  userAgent: 'c2c-loadtest',
};

/** What `setup` hands to the VUs. */
type Plan = { startAt: number; roomIds: string[] };

/** Makes the rooms, unless they are given. Throws, which ends the run, where the cluster does not answer or refuses. */
export function setup(): Plan {
  const health = get(`${SETTINGS.url}/health`, { timeout: '10s' });
  if (health.status !== 200) throw new Error(`no cluster is ready at ${SETTINGS.url} (status ${health.status})`);
  const { roomIds } = SETTINGS;
  const made = roomIds.length > 0 ? [...roomIds] : Array.from({ length: SETTINGS.rooms }, (_, room) => makeRoom(room));
  return { startAt: Date.now() + LEAD_MS, roomIds: made };
}

function makeRoom(room: number): string {
  // one user may make a hundred rooms a day
  const creatorName = `load-${SETTINGS.runId}-room-${room}`;
  const body = JSON.stringify({ creatorName, title: `${SETTINGS.scenario} ${room}` });
  const answer = post(`${SETTINGS.url}/api/rooms`, body, { ...JSON_HEADERS, timeout: '10s' });
  if (answer.status === 429) {
    count('limited');
    flushCounts();
    throw new Error('RATE_LIMITED: the cluster lets this address make no more rooms');
  }
  const roomId = answer.status === 201 ? answer.json('data.roomId') : null;
  if (typeof roomId !== 'string') throw new Error(`no room could be made (status ${answer.status})`);
  return roomId;
}

/** What every VU does: carries its share of the users. */
export async function crowd(plan: Plan): Promise<void> {
  const timeline = planRun(SETTINGS, plan.startAt);
  if (vu.idInTest === 1) beginCounts();
  const flushing = setInterval(flushCounts, FLUSH_EVERY_MS);
  try {
    await Promise.all(usersOf(vu.idInTest, SETTINGS).map((index) => liveAsMember(memberOf(index))));
  } finally {
    clearInterval(flushing);
    flushCounts();
  }

  function memberOf(index: number) {
    const { doors, roomsPerUser, writers, users, typistShare, runId, part, url } = SETTINGS;
    const { roomIds } = plan;
    const own = Array.from(
      { length: Math.min(roomsPerUser, roomIds.length) },
      (_, nth) => (index + nth) % roomIds.length,
    );
    const isWriter = index < writers;
    return {
      ...{ index, timeline, url, refused },
      name: `load-${runId}-${part}-${index}`,
      door: doors[index % doors.length] ?? 'socketio',
      rooms: own.map((place) => createRoomView(roomIds[place] ?? '')),
      roles: {
        isWriter,
        isTypist: !isWriter && index >= users - Math.floor(users * typistShare),
        isCaughtInStorms: !isWriter,
      },
    };
  }
}

let hasAsked = false;

/** A refused handshake shows no status; a plain request of the same kind does. Once a VU. */
function refused(): void {
  if (hasAsked) return;
  hasAsked = true;
  asyncRequest('GET', `${SETTINGS.url}/socket.io/?EIO=4&transport=polling`)
    .then(({ status }) => {
      if (status === 429) count('limited');
      if (status !== 200) console.warn(`a handshake is answered ${status}`);
    })
    .catch((error: unknown) => console.warn(`a handshake is not answered: ${String(error)}`));
}

/** Written to SUMMARY, or shown. */
export function handleSummary(data: unknown): Record<string, string> {
  return { [__ENV.SUMMARY || 'stdout']: `${JSON.stringify({ settings: SETTINGS, ...(data as object) }, null, 2)}\n` };
}
