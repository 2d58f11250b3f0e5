/** Names that nobody may guess or that must not repeat, from the system's random source. */
import { randomBytes, randomInt } from 'node:crypto';

const ALPHABET = 'abcdefghijklmnopqrstuvwxyz0123456789';

/** A text of `length` characters `[a-z0-9]`, each equally likely. */
export function randomText(length: number): string {
  return Array.from({ length }, () => ALPHABET[randomInt(ALPHABET.length)]).join('');
}

/** A session's id: 128 bits. */
export function randomSid(): string {
  return randomBytes(16).toString('base64url');
}

/** `#` and four digits, for a name that somebody else holds. */
export function randomSuffix(): string {
  return `#${String(randomInt(10_000)).padStart(4, '0')}`;
}

/** A well-formed id that no room has: `user:{id}:pending` keeps the change of presence under this name. */
export function isReservedRoomId(roomId: string): boolean {
  return roomId === 'presence';
}
