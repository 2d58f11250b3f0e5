/** What a run must hold. In k6 only thresholds fail a run: a throw, a refused connection or a silent cluster does not. */
import { membershipsOf, type Settings } from './settings.ts';

/** Nobody waits longer for a connection, whatever the crowd: the clients' own patience is 20 s. */
const CONNECT_P95_MS = 10_000;

/** Thresholds by metric, in k6's own words. */
export function thresholdsOf(settings: Settings): Record<string, string[]> {
  const never = ['count==0'];
  const common = {
    chat_lost: never,
    chat_duplicated: never,
    chat_out_of_order: never,
    chat_resyncs: never,
    chat_connect_failed: never,
    chat_join_failed: never,
    chat_send_failed: never,
    chat_limited: never,
    // a member that was never checked may have lost anything: a VU that threw, a cluster that no longer answers
    chat_checked: [`count>=${membershipsOf(settings)}`],
  };
  // those who stop reading are cut by the server, and late by their own doing
  if (settings.part === 'slow') return { ...common, chat_connected: [`count>=${settings.users}`] };
  return {
    ...common,
    chat_disconnects: never,
    chat_sent: ['count>0'],
    chat_received: ['count>0'],
    chat_latency: [`p(95)<${settings.latencyP95Ms}`],
    chat_connect: [`p(95)<${CONNECT_P95_MS}`],
  };
}
