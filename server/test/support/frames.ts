/** Frames made by hand, as fan-out makes them. */
import { batchOf, customFrame } from '../../src/fanout/frame.ts';
import type { Frame, FrameBatch } from '../../src/service/live-ports.ts';

/** One event for all kinds of connections. */
export function frameOf(event: string, payload: object): Frame {
  return customFrame(event, { ...payload, roomId: 'abc12345' });
}

/** `count` numbered events. */
export function numberedFrames(count: number, first = 1): FrameBatch {
  return batchOf(Array.from({ length: count }, (_, index) => frameOf('test', { n: first + index, text: '안녕 🎉' })));
}
