/** Limits as they are named where they are counted. Types only. */

/** What was asked too often or holds too much. Connection, user and address are those of whoever asks; room is the room. */
export type LimitName =
  | 'handshakes_address'
  | 'connections_address'
  | 'connections_user'
  | 'requests_address'
  | 'requests_connection'
  | 'frames_connection'
  | 'handshakes_connection'
  | 'joins_user'
  | 'messages_connection'
  | 'messages_room'
  | 'names_address'
  | 'rooms_address'
  | 'rooms_user';

/** Counts one refusal. */
export type CountLimited = (limit: LimitName) => void;
