/** What every use case may use. Types only. */
import type { LiveRooms } from './live-ports.ts';
import type { ControlPlane, Effects, RoomStore, SessionStore, Tokens } from './ports.ts';

export type ServiceDeps = {
  rooms: RoomStore;
  sessions: SessionStore;
  tokens: Tokens;
  effects: Effects;
  live: LiveRooms;
  control: ControlPlane;
};
