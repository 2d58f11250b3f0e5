import { expect, test } from 'vitest';
import { DoorPolicy } from '../../src/net/doors.ts';

test('before any door has worked they take turns, beginning with the WebSocket', () => {
  const policy = new DoorPolicy('auto', true);
  const tried = Array.from({ length: 4 }, () => {
    const door = policy.choose();
    policy.failed();
    return door;
  });
  expect(tried).toEqual(['websocket', 'socketio', 'websocket', 'socketio']);
});

test('a door that worked is kept through two failures', () => {
  const policy = new DoorPolicy('auto', true);
  policy.opened('socketio');
  policy.failed();
  policy.failed();
  expect(policy.choose()).toBe('socketio');
  policy.failed();
  policy.failed();
  expect(policy.choose()).toBe('websocket');
});

test('a door that was asked for is the only one, and without a WebSocket only Socket.IO is left', () => {
  const fixed = new DoorPolicy('websocket', true);
  for (let i = 0; i < 5; i++) fixed.failed();
  expect(fixed.choose()).toBe('websocket');
  expect(new DoorPolicy('auto', false).choose()).toBe('socketio');
});
