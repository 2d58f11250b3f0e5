import fc from 'fast-check';
import { expect, test } from 'vitest';
import { changeRoster, type RosterView, replaceRoster } from '../../src/net/roster.ts';

const base = { members: ['b', 'a'], online: ['a'], memberCount: 2, onlineCount: 1, rev: 5 };

function start(): RosterView {
  const roster = replaceRoster(base);
  if (!roster) throw new Error('the base is a roster');
  return roster;
}

test('joins, leaves and presence follow each other by rev', () => {
  let roster = changeRoster(start(), 'user_joined', { userId: 'c', rev: 6 });
  roster = changeRoster(roster, 'presence', { userId: 'b', status: 'online', rev: 7 });
  roster = changeRoster(roster, 'user_left', { userId: 'a', rev: 8, reason: 'left' });
  expect(roster).toMatchObject({ members: ['b', 'c'], memberCount: 2, onlineCount: 2, rev: 8, isCurrent: true });
  expect([...roster.online].sort()).toEqual(['b', 'c']);
});

test('what is not newer is dropped', () => {
  const roster = start();
  expect(changeRoster(roster, 'user_left', { userId: 'a', rev: 5 })).toBe(roster);
});

test('after a hole nothing counts until the whole truth comes', () => {
  const holed = changeRoster(start(), 'user_joined', { userId: 'c', rev: 7 });
  expect(holed).toMatchObject({ members: ['a', 'b'], isCurrent: false });
  expect(changeRoster(holed, 'user_joined', { userId: 'd', rev: 8 })).toBe(holed);
  const whole = { members: ['a', 'c', 'd'], online: ['a'], memberCount: 3, onlineCount: 1, rev: 8 };
  expect(changeRoster(holed, 'members', whole)).toMatchObject({ members: ['a', 'c', 'd'], rev: 8, isCurrent: true });
});

test('a large room changes its counts alone', () => {
  const roster = changeRoster(start(), 'room_stats', { memberCount: 900, onlineCount: 300 });
  expect(roster).toMatchObject({ members: ['a', 'b'], memberCount: 900, onlineCount: 300, rev: 5 });
});

test('doubled and late events never change the outcome', () => {
  const names = fc.constantFrom('a', 'b', 'c', 'd');
  const kinds = fc.constantFrom('user_joined', 'user_left', 'online', 'offline');
  fc.assert(
    fc.property(
      fc.array(fc.tuple(kinds, names), { maxLength: 30 }),
      fc.infiniteStream(fc.nat(40)),
      (changes, chance) => {
        const events = changes.map(([kind, userId], index) => {
          const isPresence = kind === 'online' || kind === 'offline';
          return [isPresence ? 'presence' : kind, { userId, status: kind, rev: 6 + index }] as const;
        });
        const apply = (list: typeof events) => list.reduce((roster, event) => changeRoster(roster, ...event), start());
        // Each event is followed by one that had already been told.
        const doubled = events.flatMap((event, index) => {
          const earlier = events[(chance.next().value ?? 0) % (index + 1)];
          return earlier ? [event, earlier] : [event];
        });
        expect(apply(doubled)).toEqual(apply(events));
      },
    ),
  );
});
