/** Which screen an address means. Pure. */

/** `/` is home, `/#new` the form for a new room; `/r/<roomId>` a room, with a private room's secret behind `#`. */
export type Route =
  | { screen: 'home'; isMaking: boolean }
  | { screen: 'room'; roomId: string; invite?: string }
  | { screen: 'unknown' };

/** Reads an address from its path on. */
export function parseRoute(address: string): Route {
  const [path = '', hash = ''] = address.split('#', 2);
  if (path === '/' || path === '/index.html') return { screen: 'home', isMaking: hash === 'new' };
  const roomId = /^\/r\/([a-z0-9]{8})\/?$/.exec(path)?.[1];
  if (roomId === undefined) return { screen: 'unknown' };
  const invite = secretIn(hash);
  return { screen: 'room', roomId, ...(invite === undefined ? {} : { invite }) };
}

/** The address of a room, from its path on. */
export function pathOfRoom(roomId: string, invite?: string): string {
  return `/r/${roomId}${invite ? `#invite=${encodeURIComponent(invite)}` : ''}`;
}

/** The secret in the link of a private room, if it is one. */
export function inviteOf(link: string): string | undefined {
  return secretIn(link.split('#', 2)[1] ?? '');
}

function secretIn(hash: string): string | undefined {
  const secret = /^invite=([A-Za-z0-9_%.~-]{1,192})$/.exec(hash)?.[1];
  try {
    return secret === undefined ? undefined : decodeURIComponent(secret);
  } catch {
    return undefined;
  }
}
