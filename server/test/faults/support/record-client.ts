/** Turns what a client of the library taps into lines of a history: one life for each room, as rooms change connections one by one. */
import type { TapRecord } from '@c2c/web/client';
import type { Happening } from '../../history/format.ts';
import type { ClientRecorder, History } from '../../history/recorder.ts';

type WireRecord = Extract<TapRecord, { layer: 'wire' }>;
type Sent = Extract<WireRecord, { kind: 'sent' }>;
type Answered = Extract<WireRecord, { kind: 'answer' }>;
type Fields = Record<string, unknown>;

/** A room of one client. `link` is the connection it listens to; while another is taking over, `joining` is that one. */
type RoomLife = { recorder: ClientRecorder; link: number | null; joining: number | null };

/** A `tap` that writes the history of the client `name`. */
export function createTap(history: History, name: string): (record: TapRecord) => void {
  const tap = new ClientTap(history, name);
  return (record) => tap.take(record);
}

class ClientTap {
  readonly #history: History;
  readonly #name: string;
  readonly #rooms = new Map<string, RoomLife>();
  readonly #asked = new Map<string, Sent>();

  constructor(history: History, name: string) {
    this.#history = history;
    this.#name = name;
  }

  take(record: TapRecord): void {
    if (record.layer === 'app') this.#application(record);
    else if (record.kind === 'sent') this.#sent(record);
    else if (record.kind === 'answer') this.#answered(record);
    else if (record.kind === 'event') this.#event(record);
    else if (record.kind === 'closed') this.#closed(record.link);
  }

  #application({ roomId, event }: Extract<TapRecord, { layer: 'app' }>): void {
    if (event.type === 'message') this.#lifeOf(roomId).recorder.add({ kind: 'app', message: event.message });
  }

  #sent(record: Sent): void {
    const { type, payload, id } = record.frame;
    const roomId = text(payload.roomId);
    if (roomId === '' || id === undefined) return;
    this.#asked.set(`${record.link}:${id}`, record);
    const life = this.#lifeOf(roomId);
    if (type === 'join') life.joining = record.link;
    const happening = questionOf(type, { roomId, payload });
    if (happening !== null) life.recorder.add(happening);
  }

  #answered(record: Answered): void {
    const key = `${record.link}:${record.id}`;
    const question = this.#asked.get(key)?.frame;
    this.#asked.delete(key);
    if (question === undefined) return;
    const roomId = text(question.payload.roomId);
    const answer = fields(record.answer);
    const life = this.#lifeOf(roomId);
    if (answer.ok !== true) {
      life.recorder.add({ kind: 'error', code: text(fields(answer.error).code), re: question.type, roomId });
      return;
    }
    const said = { roomId, asked: question.payload, data: fields(answer.data) };
    if (question.type === 'join') this.#joined(life, record.link, said);
    else if (question.type === 'msg') life.recorder.add(ackOf(said));
    else if (question.type === 'leave') life.recorder.add({ kind: 'leave_done', roomId });
    else if (question.type === 'history' && life.link === record.link) life.recorder.add(pageOf(said));
  }

  /** An answer on a connection that is no longer the one to join on is not taken by the client either. */
  #joined(life: RoomLife, link: number, said: Said): void {
    if (life.joining !== link) return;
    if (life.link === null) {
      life.recorder.nextConnection();
      life.recorder.add({ kind: 'connect' });
    }
    life.link = link;
    life.recorder.add(joinedOf(said));
  }

  #event(record: Extract<WireRecord, { kind: 'event' }>): void {
    const payload = fields(record.payload);
    const life = this.#rooms.get(text(payload.roomId));
    if (life === undefined || life.link !== record.link) return;
    const happening = eventOf(record.type, payload);
    if (happening !== null) life.recorder.add(happening);
  }

  #closed(link: number): void {
    for (const life of this.#rooms.values()) {
      if (life.joining === link) life.joining = null;
      if (life.link !== link) continue;
      life.link = null;
      life.recorder.add({ kind: 'disconnect' });
    }
  }

  #lifeOf(roomId: string): RoomLife {
    const recorder = () => this.#history.client(`${this.#name}/${roomId}`);
    const life = this.#rooms.get(roomId) ?? { recorder: recorder(), link: null, joining: null };
    this.#rooms.set(roomId, life);
    return life;
  }
}

type Said = { roomId: string; asked: Fields; data: Fields };

function questionOf(type: string, { roomId, payload }: { roomId: string; payload: Fields }): Happening | null {
  if (type === 'join') return { kind: 'join', roomId, ...optional('after', payload.after) };
  if (type === 'leave') return { kind: 'leave', roomId };
  const named = optional('clientMsgId', payload.clientMsgId);
  return type === 'msg' ? { kind: 'send', roomId, text: text(payload.text), ...named } : null;
}

// What the wire brought stands in the history as it came: the checker reads it through a schema.
function joinedOf({ roomId, asked, data }: Said): Happening {
  const { me, seq, position, more, missed } = data;
  const rest = { me, seq, position, more: more === true, missed, ...recoveredOf(data) };
  return { kind: 'joined', roomId, ...rest, ...optional('after', asked.after) } as Happening;
}

function ackOf({ roomId, asked, data }: Said): Happening {
  const { id, seq, duplicate } = data;
  const rest = { id, seq, duplicate: duplicate === true, text: text(asked.text) };
  return { kind: 'ack', roomId, ...rest, ...optional('clientMsgId', asked.clientMsgId) } as Happening;
}

function pageOf({ roomId, asked, data }: Said): Happening {
  const rest = { hasMore: data.hasMore === true, messages: data.messages, ...recoveredOf(data) };
  const query = { ...optional('after', asked.after), ...optional('before', asked.before) };
  return { kind: 'page', roomId, ...query, ...rest } as Happening;
}

function eventOf(type: string, payload: Fields): Happening | null {
  if (type === 'msg') return { kind: 'msg', message: payload } as Happening;
  const { roomId, seq, position, reason } = payload;
  if (type === 'resync') return { kind: 'resync', roomId, seq, position } as Happening;
  return type === 'left' ? ({ kind: 'left', roomId, reason } as Happening) : null;
}

function fields(value: unknown): Fields {
  return typeof value === 'object' && value !== null ? (value as Fields) : {};
}

function recoveredOf({ recovered }: Fields): { recovered?: boolean } {
  return typeof recovered === 'boolean' ? { recovered } : {};
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function optional<K extends string>(key: K, value: unknown): Partial<Record<K, string>> {
  return value === undefined ? {} : ({ [key]: value } as Partial<Record<K, string>>);
}
