/** The numbers of the wire contract: what a client may send and what the server keeps. Sizes in bytes unless the name says otherwise. */
export const LIMITS = {
  /** One frame on either door and one REST body. */
  payloadBytes: 64 * 1024,
  /** Message text, in code points after NFC. */
  textCodePoints: 4000,
  /** A user's chosen name, in code points after NFC. */
  nameCodePoints: 32,
  titleCodePoints: 100,
  roomsPerConnection: 50,
  /** `joined.missed` holds at most this many messages … */
  missedMessages: 200,
  /** … or this many bytes, then `more: true`. */
  missedBytes: 256 * 1024,
  pageDefault: 50,
  pageMax: 100,
  /** Log kept per room. */
  logMessages: 1000,
  logBytes: 2 * 1024 * 1024,
  /** From one more than this, `members` and `online` are cut and single joins are no longer told. */
  largeRoomEnter: 200,
  /** At this many members a large room is small again. */
  largeRoomLeave: 180,
  namesInLargeRoom: 200,
  /** What a trusted program may publish by hand on `chan:<roomId>`. */
  customEventBytes: 8 * 1024,
  typingIntervalMs: 3_000,
  pingIntervalMs: 10_000,
  pingTimeoutMs: 8_000,
  authDeadlineMs: 10_000,
} as const;
