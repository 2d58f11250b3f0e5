/** Tabs of one user over three nodes, opened, closed, reloaded and cut as a seed decides: told once, and nothing that blinks. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { chooseSeed, seededRandom } from '../faults/support/random.ts';
import { type Cluster, startCluster } from '../support/cluster.ts';
import { eventually } from '../support/eventually.ts';
import { gatherPeople, type People } from '../support/people.ts';
import { callApi, createRoom } from '../support/rest.ts';
import type { TestClient } from '../support/test-client.ts';

/** All times a fifth of the shipped ones, so that a reload on a busy machine is one. */
const TIMES = { PRESENCE_TTL: '6', PRESENCE_RENEW_MS: '2000', CLOSE_GRACE_MS: '1000', SWEEP_INTERVAL_MS: '200' };
const GRACE_MS = 1_000;
/** What is done in all, by users at the same time. `TAB_USERS=1` does it all by one. */
const DOINGS = Number(process.env.TAB_DOINGS ?? 1_000);
const USERS = Number(process.env.TAB_USERS ?? 5);
const DOINGS_BEFORE_REST = 20;
const MOST_TABS = 5;

let cluster: Cluster;
beforeAll(async () => {
  cluster = await startCluster({ env: { ...TIMES, SESSION_TTL: '120' } });
});
afterAll(() => cluster.stop());

/** One user, and somebody who watches the room. */
class Household {
  readonly #people: People;
  readonly #random: () => number;
  readonly #tabs: TestClient[] = [];
  readonly userId: string;
  #watcher: TestClient | null = null;
  #roomId = '';
  #owner = '';
  #token: string;
  #heard = 0;
  #wasOnline = true;
  #hasOpened = false;
  #gapSince: number | null = null;
  #longestGapMs = 0;

  constructor(people: People, name: string, random: () => number) {
    this.#people = people;
    this.#random = random;
    this.userId = people.nameOf(name);
    this.#token = this.userId;
  }

  async begin(): Promise<void> {
    const { roomId, userId: owner, token } = await createRoom(this.#url(), `방장 ${this.userId}`);
    this.#roomId = roomId;
    this.#owner = owner;
    this.#watcher = await this.#people.connect(owner, { url: this.#url(), door: 'websocket', token });
    await this.#watcher.join(roomId);
    await this.#open();
    await this.#watcher.hears('user_joined', { userId: this.userId });
    this.#heard = this.#watcher.heard.length;
  }

  async doSomething(): Promise<void> {
    const dice = this.#random();
    if (this.#tabs.length < 2 || (dice < 0.3 && this.#tabs.length < MOST_TABS)) return this.#open();
    if (dice < 0.5) return this.#end((tab) => tab.close());
    if (dice < 0.75) {
      await this.#end((tab) => tab.close());
      return this.#open();
    }
    await this.#end((tab) => tab.cut());
    return dice < 0.95 ? this.#open() : undefined;
  }

  /** Everything has had its time: the room knows who is there, and was told of it once. */
  async rest(): Promise<void> {
    if (this.#random() < 0.4) while (this.#tabs.length > 0) await this.#end((tab) => tab.close());
    const isOnline = this.#tabs.length > 0;
    const look = () => callApi(`${cluster.urls[0]}/api/rooms/${this.#roomId}`);
    const { body } = await eventually(
      look,
      ({ body }) => listOf(body.data, 'online').includes(this.userId) === isOnline,
      15_000,
    );
    expect(listOf(body.data, 'members').sort()).toEqual([this.userId, this.#owner].sort());
    await this.#barrier();
    const news = this.#news();
    // Who was offline and came is told to be here, and who is here no more is told to be gone.
    const wanted = [...(!this.#wasOnline && this.#hasOpened ? ['online'] : [])];
    if (!isOnline && (this.#wasOnline || this.#hasOpened)) wanted.push('offline');
    // A gap as long as the grace may be told and taken back; on a quiet machine there is none.
    if (this.#longestGapMs < GRACE_MS) expect(news, this.userId).toEqual(wanted);
    else expect(news.length % 2, this.userId).toBe(wanted.length % 2);
    this.#wasOnline = isOnline;
    this.#hasOpened = false;
    this.#longestGapMs = 0;
    this.#gapSince = isOnline ? null : Number.NEGATIVE_INFINITY;
  }

  /** Leaves on one tab and comes back on all of them. */
  async leaveAndReturn(): Promise<void> {
    const [first] = this.#tabs;
    if (!first) return;
    await first.leave(this.#roomId);
    await this.#barrier();
    expect(this.#news()).toEqual(['left']);
    await Promise.all(this.#tabs.map((tab) => tab.join(this.#roomId)));
    await this.#barrier();
    expect(this.#news()).toEqual(['joined']);
  }

  /** What the watcher heard of the user since it was asked last, in order. */
  #news(): string[] {
    const heard = this.#watcher?.heard.slice(this.#heard) ?? [];
    this.#heard += heard.length;
    const ours = heard.filter(({ payload }) => payload.userId === this.userId);
    return ours.map(({ event, payload }) => String(payload.status ?? event.replace('user_', '')));
  }

  /** What was told before a message is heard before it. */
  async #barrier(): Promise<void> {
    const { seq } = (await this.#watcher?.send(this.#roomId, '…')) ?? {};
    await this.#watcher?.hears('msg', { roomId: this.#roomId, seq });
  }

  async #open(): Promise<void> {
    const door = this.#random() < 0.5 ? 'socketio' : 'websocket';
    const tab = await this.#people.connect(this.userId, { url: this.#url(), door, token: this.#token });
    const joined = await tab.join(this.#roomId);
    this.#token = joined.token ?? this.#token;
    if (this.#gapSince !== null && Number.isFinite(this.#gapSince)) {
      this.#longestGapMs = Math.max(this.#longestGapMs, performance.now() - this.#gapSince);
    }
    this.#gapSince = null;
    this.#hasOpened = true;
    this.#tabs.push(tab);
  }

  async #end(how: (tab: TestClient) => void): Promise<void> {
    const [tab] = this.#tabs.splice(Math.floor(this.#random() * this.#tabs.length), 1);
    if (!tab) return;
    how(tab);
    await tab.until(() => !tab.isOpen);
    if (this.#tabs.length === 0) this.#gapSince = performance.now();
  }

  #url(): string {
    return cluster.urls[Math.floor(this.#random() * cluster.urls.length)] ?? '';
  }
}

function listOf(room: unknown, name: 'members' | 'online'): string[] {
  return (room as Record<typeof name, string[]> | null)?.[name] ?? [];
}

it(`stays right through ${DOINGS} openings, closings, reloads and cuts`, async () => {
  const seed = chooseSeed();
  const people = gatherPeople();
  const households = Array.from({ length: USERS }, (_, i) => new Household(people, `사람${i}`, seededRandom(seed + i)));
  process.stdout.write(`presence-tabs: SEED=${seed}\n`);
  await Promise.all(
    households.map(async (household) => {
      await household.begin();
      for (let done = 1; done <= DOINGS / USERS; done++) {
        await household.doSomething();
        if (done % DOINGS_BEFORE_REST !== 0) continue;
        await household.rest();
        if (done % (3 * DOINGS_BEFORE_REST) === 0) await household.leaveAndReturn();
      }
    }),
  );
}, 900_000);
