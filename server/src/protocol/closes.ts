/** Close codes of `/ws`. 4000–4099 ask the client to connect again, 4400–4499 tell it to give up. */
export const CLOSES = {
  SERVER_DRAINING: { code: 4000, reconnect: true, reason: 'node is leaving' },
  SLOW_CONSUMER: { code: 4001, reconnect: true, reason: 'reads too slowly' },
  HEARTBEAT_LOST: { code: 4002, reconnect: true, reason: 'no sign of life' },
  CONNECTION_LOST: { code: 4003, reconnect: true, reason: 'connection was given up' },
  NODE_FROZEN: { code: 4004, reconnect: true, reason: 'node was frozen' },
  INTERNAL: { code: 4005, reconnect: true, reason: 'internal error' },
  UNAUTHORIZED: { code: 4401, reconnect: false, reason: 'not authenticated' },
  AUTH_TIMEOUT: { code: 4408, reconnect: false, reason: 'not authenticated in time' },
  SESSION_EXPIRED: { code: 4409, reconnect: false, reason: 'session expired' },
  FLOODING: { code: 4429, reconnect: false, reason: 'sends far too much' },
  FRAME_TOO_LARGE: { code: 1009, reconnect: false, reason: 'frame too large' },
  BINARY_NOT_SUPPORTED: { code: 1003, reconnect: false, reason: 'text frames only' },
} as const;
export type CloseReason = keyof typeof CLOSES;

/** Whether a client should connect again after `/ws` closed with this code. Codes it does not know mean yes. */
export function shouldReconnect(code: number): boolean {
  return !Object.values(CLOSES).some((close) => close.code === code && !close.reconnect);
}
