/** Which screen an address means. Pure. */

/** `/` is home; `/r/<roomId>` a room. */
export type Route = { screen: 'home' } | { screen: 'room'; roomId: string } | { screen: 'unknown' };

/** Reads the path of an address. */
export function parseRoute(path: string): Route {
  if (path === '/' || path === '/index.html') return { screen: 'home' };
  const roomId = /^\/r\/([a-z0-9]{8})\/?$/.exec(path)?.[1];
  return roomId === undefined ? { screen: 'unknown' } : { screen: 'room', roomId };
}

/** The path of a room. */
export function pathOfRoom(roomId: string): string {
  return `/r/${roomId}`;
}
