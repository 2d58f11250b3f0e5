/** One run: what people do on three nodes that die between any two steps, and a verdict whenever all is quiet. */
import type { Redis } from 'ioredis';
import { joinRoom } from '../../../src/service/join-room.ts';
import { seededRandom } from '../../faults/support/random.ts';
import { judge, RoomListener } from './judge.ts';
import { createModelNode, type ModelNode } from './model-node.ts';
import { People, type Person } from './people.ts';
import { createStepper } from './stepper.ts';
import { UserTruth } from './truth.ts';
import { openVirtualRedis, type Plant, type VirtualRedis } from './virtual-redis.ts';

/** What happens; numbers choose among what there is. */
export type Action =
  | { do: 'open' | 'log out'; user: number; node: number }
  | { do: 'close' | 'reload'; tab: number; node: number }
  | { do: 'join' | 'leave'; tab: number; room: number }
  | { do: 'die' | 'hold'; before: string }
  | { do: 'pass'; ms: number }
  | { do: 'slow pass'; node: number }
  | { do: 'go on' | 'rest' };

/** `seed` decides in which order commands run, and how many of them between two actions. */
export type Plan = { actions: readonly Action[]; seed: number };

const NODES = 2;
const ROOMS = ['room0001'];
const USERS = ['anna'];
const STEP_MS = 2_000;
/** Where nothing happens but time. */
const LONG_STEP_MS = 10_000;
const REST_STEP_MS = 5_000;
const MOST_BETWEEN = 12;
/** Longer than a command may wait, shorter than presence. */
const DRAIN_EACH_MS = 6_000;
/** Offline is told at most 45 s after a node died; some more for what was left for later. */
const REST_MS = 60_000;
/** A new Redis may have been away: for two renewal intervals nobody lapses, and nothing could go wrong. */
const CERTAIN_MS = 25_000;

/** Runs a plan to its end; rejects with what was wrong. */
export async function runModel(admin: Redis, plan: Plan, plants: readonly Plant[] = []): Promise<void> {
  const run = new Run(admin, await openVirtualRedis(admin, plants), plan.seed);
  await run.begin();
  for (const action of plan.actions) await run.act(action);
  await run.act({ do: 'rest' });
}

class Run {
  readonly #admin: Redis;
  readonly #redis: VirtualRedis;
  readonly #random: () => number;
  readonly #stepper: ReturnType<typeof createStepper>;
  readonly #persons = USERS.map((userId): Person => personOf(userId));
  readonly #host = personOf('host');
  readonly #listeners = ROOMS.map((roomId) => new RoomListener(roomId, 'host'));
  readonly #nodes: ModelNode[] = [];
  readonly #people: People;
  readonly #failures: unknown[] = [];

  constructor(admin: Redis, redis: VirtualRedis, seed: number) {
    this.#admin = admin;
    this.#redis = redis;
    this.#random = seededRandom(seed);
    this.#stepper = createStepper(this.#random);
    this.#people = new People({ nowMs: redis.nowMs, fail: (error) => void this.#failures.push(error) });
    for (let i = 0; i < NODES; i++) this.#nodes.push(this.#newNode(i));
  }

  /** The host makes the rooms and is never seen again. */
  async begin(): Promise<void> {
    const { truth } = this.#host;
    const begun = this.#makeRooms(pick(this.#nodes, 0), truth.userId);
    await this.#stepper.drain();
    await begun;
    truth.sign(this.#redis.nowMs());
    for (const roomId of ROOMS) truth.memberships.set(roomId, 'in');
    await this.#wait(CERTAIN_MS);
  }

  async act(action: Action): Promise<void> {
    await this.#begin(action);
    await this.#stepper.run(Math.floor(this.#random() * MOST_BETWEEN));
    if (this.#failures.length > 0) throw this.#failures[0];
  }

  async #begin(action: Action): Promise<void> {
    const { tabs } = this.#people;
    if (action.do === 'pass') return this.#pass(action.ms);
    if (action.do === 'rest') return this.#rest();
    if (action.do === 'open')
      return this.#people.open(pick(this.#persons, action.user), pick(this.#nodes, action.node));
    if (action.do === 'log out') {
      return this.#people.logOut(pick(this.#persons, action.user), pick(this.#nodes, action.node));
    }
    if (action.do === 'die') return this.#stepper.killBefore(action.before);
    if (action.do === 'hold') return this.#stepper.holdBefore(action.before);
    if (action.do === 'go on') return this.#stepper.goOn();
    if (action.do === 'slow pass') return pick(this.#nodes, action.node).turn('slow-pass');
    if (!('tab' in action) || tabs.length === 0) return;
    const tab = pick(tabs, action.tab);
    if (action.do === 'join') return this.#people.join(tab, pick(ROOMS, action.room));
    if (action.do === 'leave') return this.#people.leave(tab, pick(ROOMS, action.room));
    this.#people.close(tab);
    if (action.do === 'reload') this.#people.open(tab.person, pick(this.#nodes, action.node));
  }

  async #pass(ms: number): Promise<void> {
    const stepMs = ms > REST_MS ? LONG_STEP_MS : STEP_MS;
    let sinceDrainMs = 0;
    for (let passed = 0; passed < ms; passed += stepMs) {
      await this.#turn(stepMs);
      sinceDrainMs += stepMs;
      await this.#stepper.run(Math.floor(this.#random() * 2 * MOST_BETWEEN));
      if (sinceDrainMs < DRAIN_EACH_MS) continue;
      await this.#stepper.drain();
      sinceDrainMs = 0;
    }
  }

  /** Time passes, and every loop of every node comes round. */
  async #turn(ms: number): Promise<void> {
    await this.#redis.advance(ms);
    for (const { truth } of this.#persons) if (truth.isOnline) truth.sign(this.#redis.nowMs());
    for (const node of this.#nodes) for (const loop of ['renewals', 'sweeper', 'beat'] as const) node.turn(loop);
  }

  /** Nobody does anything, and everything comes to its end. */
  async #wait(ms: number): Promise<void> {
    await this.#stepper.drain();
    for (let passed = 0; passed < ms; passed += REST_STEP_MS) {
      await this.#turn(REST_STEP_MS);
      await this.#stepper.drain();
    }
  }

  async #rest(): Promise<void> {
    await this.#wait(REST_MS);
    if (this.#failures.length > 0) throw this.#failures[0];
    const users = [this.#host, ...this.#persons].map(({ truth }) => truth);
    await judge({ admin: this.#admin, redis: this.#redis, listeners: this.#listeners, users });
  }

  #newNode(index: number): ModelNode {
    const node: ModelNode = createModelNode({
      redis: this.#redis,
      stepper: this.#stepper,
      onFailure: (stage, error) => void this.#failures.push(new Error(stage, { cause: error })),
      onDeath: () => {
        this.#people.nodeDied(node);
        this.#nodes[index] = this.#newNode(index);
      },
    });
    return node;
  }

  async #makeRooms(node: ModelNode, userId: string): Promise<void> {
    await node.sessions.claim(userId, 'host-1');
    for (const roomId of ROOMS) {
      const identity = { userId, sid: 'host-1', expiresAtMs: Number.MAX_SAFE_INTEGER };
      const creator = await node.sessions.enter(identity, roomId);
      const room = { roomId, epoch: 'epoch001', title: null, isPrivate: false, invite: '' };
      await node.rooms.create({ ...room, creator, creatorSid: identity.sid });
      await joinRoom(node, identity, { roomId, invite: '' });
    }
  }
}

function personOf(userId: string): Person {
  return { truth: new UserTruth(userId, ROOMS), identity: null, sessions: 0 };
}

function pick<T>(items: readonly T[], index: number): T {
  const item = items[index % items.length];
  if (item === undefined) throw new Error('nothing to choose from');
  return item;
}
