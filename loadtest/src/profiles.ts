/** The scenarios: what each one asks of a cluster, sized for two cores that carry cluster and k6 together. Pure data. */

/** How a connection comes in. */
export type Door = 'socketio' | 'websocket';

/** One scenario. Rates are a second over everybody; `users` split over `doors` in turn. */
export type Profile = {
  says: string;
  users: number;
  rooms: number;
  roomsPerUser: number;
  /** Messages. */
  rate: number;
  writers: number;
  /** Every how many seconds each typist tells that it types and what it has read; the share of users who do. */
  typistShare: number;
  seconds: number;
  /** Users who arrive. */
  arrivalRate: number;
  /** Messages flow while users still arrive, or only once all are in. */
  writesWhile: 'arriving' | 'settled';
  doors: readonly Door[];
  /** All but the writers drop their connections at the same moment, again and again. */
  stormEverySeconds: number | null;
  /** Members of a second k6 process that is stopped and continued, so that their sockets are not read. */
  slowUsers: number;
  /** The most that 95 of 100 deliveries may take from the moment the message was meant to be sent. Generous: a promise, not a goal. */
  latencyP95Ms: number;
};

const BASE = {
  roomsPerUser: 1,
  writers: 50,
  typistShare: 0,
  writesWhile: 'settled',
  doors: ['socketio', 'websocket'],
  stormEverySeconds: null,
  slowUsers: 0,
  latencyP95Ms: 2_000,
} as const;

/** All scenarios by name. */
export const PROFILES = {
  smoke: {
    ...BASE,
    ...{ says: 'a few people on both doors for some seconds: does everything work', users: 20, rooms: 4, writers: 8 },
    ...{ rate: 20, typistShare: 0.25, seconds: 8, arrivalRate: 20, latencyP95Ms: 5_000 },
  },
  steady: {
    ...BASE,
    ...{ says: 'an ordinary day: rooms of ten, some write, some type, most read', users: 500, rooms: 50 },
    ...{ rate: 100, typistShare: 0.05, seconds: 60, arrivalRate: 100 },
  },
  'hot-room': {
    ...BASE,
    ...{ says: 'everybody in one room: each message goes to all', users: 300, rooms: 1, writers: 20 },
    ...{ rate: 10, seconds: 45, arrivalRate: 100, doors: ['socketio'] },
  },
  'many-rooms': {
    ...BASE,
    ...{ says: 'each connection in five rooms, hundreds of rooms', users: 400, rooms: 300, roomsPerUser: 5 },
    ...{ rate: 120, seconds: 45, arrivalRate: 50, doors: ['websocket'] },
  },
  'connect-storm': {
    ...BASE,
    ...{ says: 'everybody opens the page at nine o’clock, while a few already write', users: 1_000, rooms: 50 },
    ...{ rate: 20, writers: 20, seconds: 20, arrivalRate: 200, writesWhile: 'arriving' },
  },
  'reconnect-storm': {
    ...BASE,
    ...{ says: 'all readers lose their connection at once and come back for what they missed', users: 500, rooms: 25 },
    ...{ rate: 50, writers: 25, seconds: 45, arrivalRate: 100, stormEverySeconds: 12 },
  },
  'slow-readers': {
    ...BASE,
    ...{ says: 'some stop reading for 5 s and for 25 s; the others must not notice', users: 200, rooms: 4 },
    ...{ rate: 40, writers: 20, seconds: 50, arrivalRate: 100, slowUsers: 20 },
  },
  soak: {
    ...BASE,
    ...{ says: 'a quiet load for hours: does anything grow', users: 300, rooms: 60, writers: 30 },
    ...{ rate: 60, typistShare: 0.05, seconds: 3_600, arrivalRate: 50 },
  },
} as const satisfies Record<string, Profile>;

export type ScenarioName = keyof typeof PROFILES;

/** Whether there is such a scenario. */
export function isScenario(name: string): name is ScenarioName {
  return Object.hasOwn(PROFILES, name);
}
