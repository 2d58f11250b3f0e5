/** Wires that a test opens, feeds and ends by hand. */
import type { Door, Frame, OpenWire, WireClose, WireListener, WireTarget } from '../../../src/net/wire.ts';

/** One wire that was asked for. */
export type FakeWire = {
  target: WireTarget;
  listener: WireListener;
  sent: Frame[];
  isClosed: boolean;
};

/** Makes wires and remembers them. */
export function createFakeWires(): { wires: FakeWire[]; open: OpenWire } {
  const wires: FakeWire[] = [];
  const open: OpenWire = (target, listener) => {
    const wire: FakeWire = { target, listener, sent: [], isClosed: false };
    wires.push(wire);
    return {
      send: (frame) => void wire.sent.push(frame),
      close: () => {
        wire.isClosed = true;
      },
    };
  };
  return { wires, open };
}

/** An end without a reason to give up. */
export function cut(more: Partial<WireClose> = {}): WireClose {
  return { giveUp: null, detail: 'cut', ...more };
}

/** The door all fake wires claim to be. */
export const FAKE_DOOR: Door = 'websocket';
