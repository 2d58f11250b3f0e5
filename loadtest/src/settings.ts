/** What one run does: a scenario, changed by the environment that the launcher (or a person with k6) gives. */
import { type Door, isScenario, PROFILES, type Profile, type ScenarioName } from './profiles.ts';

/** `roomIds` is empty where the run makes its rooms itself. `part`: the crowd, or those who stop reading. */
export type Settings = Profile & {
  scenario: ScenarioName;
  url: string;
  runId: string;
  roomIds: readonly string[];
  part: 'crowd' | 'slow';
};

/** Messages a second that one writer sends at most. */
const MOST_BY_ONE_WRITER = 20;
/** Connections that one VU holds: each VU has a JavaScript machine of its own, so one a connection costs three times the memory. */
const CONNECTIONS_PER_VU = 50;
const FEWEST_VUS = 4;

/** Reads SCENARIO, URL, USERS, RATE, DURATION (seconds), DOOR, RUN_ID, ROOM_IDS and PART. Throws where they make no sense. */
export function readSettings(env: Readonly<Record<string, string | undefined>>): Settings {
  const { SCENARIO: scenario = 'smoke' } = env;
  if (!isScenario(scenario)) throw new Error(`there is no scenario ${scenario}`);
  const profile: Profile = PROFILES[scenario];
  const part = env.PART === 'slow' ? 'slow' : 'crowd';
  const users = part === 'slow' ? profile.slowUsers : positive(env.USERS, profile.users);
  const rate = positive(env.RATE, profile.rate);
  return {
    ...profile,
    scenario,
    part,
    users,
    rate,
    rooms: Math.min(profile.rooms, users),
    writers: part === 'slow' ? 0 : Math.min(users, Math.max(profile.writers, Math.ceil(rate / MOST_BY_ONE_WRITER))),
    seconds: positive(env.DURATION, profile.seconds),
    doors: doorsOf(env.DOOR) ?? profile.doors,
    url: (env.URL ?? 'http://localhost:8080').replace(/\/+$/, ''),
    runId: env.RUN_ID ?? Math.floor(Math.random() * 36 ** 6).toString(36),
    roomIds: (env.ROOM_IDS ?? '').split(',').filter((id) => id !== ''),
  };
}

/** How many VUs carry the connections. */
export function vusFor({ users }: Pick<Settings, 'users'>): number {
  return Math.min(users, Math.max(FEWEST_VUS, Math.ceil(users / CONNECTIONS_PER_VU)));
}

/** Which users a VU (from 1 on) carries: every n-th, so that writers are spread over all of them. */
export function usersOf(vu: number, settings: Pick<Settings, 'users'>): number[] {
  const step = vusFor(settings);
  const mine: number[] = [];
  for (let user = vu - 1; user < settings.users; user += step) mine.push(user);
  return mine;
}

/** Memberships at the end, each of which must be checked. */
export function membershipsOf({ users, roomsPerUser, rooms }: Settings): number {
  return users * Math.min(roomsPerUser, rooms);
}

function positive(text: string | undefined, otherwise: number): number {
  if (text === undefined || text === '') return otherwise;
  const value = Number(text);
  if (!(value > 0)) throw new Error(`${text} is no number above 0`);
  return value;
}

function doorsOf(text: string | undefined): readonly Door[] | null {
  if (text === undefined || text === '') return null;
  if (text === 'both') return ['socketio', 'websocket'];
  if (text === 'socketio' || text === 'websocket') return [text];
  throw new Error(`there is no door ${text}`);
}
