/** The page as a whole: which screen, who one is, and the room that is open. Knows neither DOM nor socket. */
import { parseUserName } from '@c2c/server/protocol';
import { computed, type ReadonlySignal, signal } from '@preact/signals';
import type { Client, Clock, Failure, RestClient } from '../net/client.ts';
import { ClientError } from '../net/client.ts';
import { type Conversation, openConversation } from './conversation.ts';
import { Kept, type KeyValueStore } from './keep.ts';
import type { Preferences } from './preferences.ts';
import type { Problem } from './problem.ts';
import { parseRoute, pathOfRoom, type Route } from './route.ts';

/** Who a client is made for. */
export type Identity = { token: string | undefined; name: string; locale: string };

/** What the page needs from the browser. */
export type AppDeps = {
  preferences: Preferences;
  /** Lives as long as the tab. */
  tabStore: KeyValueStore;
  rest: RestClient;
  connect(identity: Identity): Client;
  clock: Clock;
  /** The address bar. */
  address: { origin: string; path(): string; go(path: string): void; subscribe(changed: () => void): void };
};

/** What is shown. `enter` asks for a name; `broken` has a way back. */
export type Screen =
  | { kind: 'home' }
  | { kind: 'enter'; roomId: string; reason: 'first' | 'expired' }
  | { kind: 'room'; conversation: Conversation }
  | { kind: 'broken'; why: 'not-found' | 'left' | 'removed' | 'gone' | 'problem'; problem: Problem | null };

/** See the file's sentence. */
export class App {
  readonly preferences: Preferences;
  readonly screen: ReadonlySignal<Screen>;
  readonly problem = signal<Problem | null>(null);
  readonly isBusy = signal(false);
  readonly #deps: AppDeps;
  readonly #token: Kept;
  readonly #route = signal<Route>({ screen: 'home' });
  readonly #conversation = signal<Conversation | null>(null);
  readonly #hasExpired = signal(false);
  #client: Client | null = null;

  constructor(deps: AppDeps) {
    this.#deps = deps;
    this.preferences = deps.preferences;
    this.#token = new Kept(deps.tabStore, 'token');
    this.screen = computed(() => this.#show());
    deps.address.subscribe(() => this.#follow());
    this.#follow();
  }

  /** The link of the room that is shown. */
  get inviteLink(): string {
    return this.#deps.address.origin + this.#deps.address.path();
  }

  /** A name as the server takes it, or null. */
  readName(raw: string): string | null {
    return parseUserName(raw);
  }

  /** Makes a room and goes there. What went wrong stands in `problem`. */
  async createRoom(name: string): Promise<void> {
    this.problem.value = null;
    this.isBusy.value = true;
    try {
      const created = await this.#askForRoom(name);
      this.#become(name, created.token);
      this.go(pathOfRoom(created.roomId));
    } catch (error) {
      if (!(error instanceof ClientError)) throw error;
      this.problem.value = this.#problemOf(error.failure);
    } finally {
      this.isBusy.value = false;
    }
  }

  /** Enters the room of the address under a name. */
  enter(name: string): void {
    this.#become(name, undefined);
    this.#open();
  }

  /** Tries the room of the address again. */
  enterAgain(): void {
    this.#hangUp();
    this.#open();
  }

  /** Ends the membership of the room that is shown. */
  async leave(): Promise<void> {
    // A leave that found nobody: the server ends the membership by itself after ten minutes.
    await this.#conversation.value?.leave().catch(() => undefined);
    this.go('/');
  }

  /** Shows another address. */
  go(path: string): void {
    this.#deps.address.go(path);
    this.#follow();
  }

  /** The network is back, says the browser. */
  networkIsBack(): void {
    this.#client?.reconnectNow();
  }

  /** Texts of the server come in this language from now on. */
  setLanguage(language: Parameters<Preferences['setLanguage']>[0]): void {
    this.preferences.setLanguage(language);
    this.#client?.setLocale(language);
  }

  #show(): Screen {
    const route = this.#route.value;
    if (route.screen === 'home') return { kind: 'home' };
    if (route.screen === 'unknown') return { kind: 'broken', why: 'not-found', problem: null };
    const conversation = this.#conversation.value;
    if (!conversation) {
      return { kind: 'enter', roomId: route.roomId, reason: this.#hasExpired.value ? 'expired' : 'first' };
    }
    const room = conversation.room.value;
    if (room.status === 'refused') return this.#refused(room.error);
    if (room.status !== 'left') return { kind: 'room', conversation };
    return { kind: 'broken', why: room.reason === 'expired' ? 'left' : room.reason, problem: null };
  }

  #refused(error: Failure): Screen {
    if (error.code === 'ROOM_NOT_FOUND') return { kind: 'broken', why: 'not-found', problem: null };
    if (error.code === 'FORBIDDEN') return { kind: 'broken', why: 'removed', problem: null };
    return { kind: 'broken', why: 'problem', problem: this.#problemOf(error) };
  }

  #follow(): void {
    const route = parseRoute(this.#deps.address.path());
    const { value } = this.#conversation;
    if (route.screen === 'room' && value?.roomId === route.roomId) return;
    this.#hangUp();
    this.problem.value = null;
    this.#route.value = route;
    if (this.#token.read() !== null) this.#open();
  }

  #open(): void {
    const route = this.#route.value;
    if (route.screen !== 'room') return;
    const { preferences, connect, clock } = this.#deps;
    const token = this.#token.read() ?? undefined;
    const client = connect({ token, name: preferences.name.value, locale: preferences.language.value });
    this.#client = client;
    client.token.subscribe((value) => this.#token.write(value));
    client.state.subscribe((state) => {
      const isOver = state.status === 'refused' && ['UNAUTHORIZED', 'SESSION_EXPIRED'].includes(state.error.code);
      if (isOver && client === this.#client) this.#askAgain();
    });
    this.#hasExpired.value = false;
    this.#conversation.value = openConversation(client, route.roomId, clock);
  }

  /** The token is worth nothing any more: asks for the name once more. */
  #askAgain(): void {
    this.#token.write(null);
    this.#hangUp();
    this.#hasExpired.value = true;
  }

  #become(name: string, token: string | undefined): void {
    this.#hangUp();
    this.preferences.setName(name);
    this.#token.write(token);
  }

  #hangUp(): void {
    this.#conversation.value?.close();
    this.#conversation.value = null;
    this.#client?.close();
    this.#client = null;
  }

  /** As the user of this tab where the name is still the same, so that one person is not two members. */
  async #askForRoom(name: string) {
    const locale = this.preferences.language.value;
    const token = name === this.preferences.name.value ? this.#token.read() : null;
    if (token === null) return this.#deps.rest.createRoom(name, { locale });
    try {
      return await this.#deps.rest.createRoom(name, { locale, token });
    } catch (error) {
      const hasEnded = error instanceof ClientError && ['UNAUTHORIZED', 'SESSION_EXPIRED'].includes(error.failure.code);
      if (!hasEnded) throw error;
      return this.#deps.rest.createRoom(name, { locale });
    }
  }

  #problemOf(error: Failure): Problem {
    return { error, language: this.preferences.language.value };
  }
}
