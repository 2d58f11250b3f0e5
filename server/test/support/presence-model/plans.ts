/** Plans of model runs, as fast-check makes and shortens them: stories of people, each with something that breaks in the middle. */
import fc from 'fast-check';
import type { Action } from './run-model.ts';

const open = (node: number): Action => ({ do: 'open', user: 0, node });
const close = (tab = 0): Action => ({ do: 'close', tab, node: 0 });
const join = (tab = 0): Action => ({ do: 'join', tab, room: 0 });
const leave = (tab = 0): Action => ({ do: 'leave', tab, room: 0 });
const pass = (s: number): Action => ({ do: 'pass', ms: s * 1_000 });

const die = (before: string): Action => ({ do: 'die', before });
const hold = (before: string): Action => ({ do: 'hold', before });
const logOut: Action = { do: 'log out', user: 0, node: 1 };
const goOn: Action = { do: 'go on' };
const HERE = [open(0), pass(2), join(), pass(2)];

const STORIES: readonly (readonly Action[])[] = [
  [...HERE, close(), pass(6), open(1), pass(4), close(), pass(6), pass(4)],
  [...HERE, close(), pass(6), open(1), pass(2), open(0), pass(6)],
  [...HERE, leave(), join(), pass(6), leave(), pass(2), join(), pass(4)],
  [...HERE, logOut, open(0), pass(4), join(), pass(2)],
  [...HERE, close(), pass(700), open(1), pass(6), join(), pass(2)],
  [open(0), open(1), pass(2), join(), pass(12), open(0), pass(34), close(), close(), pass(6)],
  [...HERE, { do: 'reload', tab: 0, node: 1 }, pass(4), { do: 'slow pass', node: 0 }, pass(6)],
  // A leave overtakes a join; a new tab overtakes the news that the last one has gone, or its end, or the hint's.
  [open(0), open(1), pass(2), hold('room_join'), join(0), leave(1), pass(2), goOn, pass(2)],
  [...HERE, close(), pass(4), hold('room_announce'), pass(4), open(1), pass(2), goOn, pass(4)],
  [
    ...HERE,
    close(),
    pass(4),
    hold('user_settle'),
    pass(4),
    die('room_announce'),
    open(1),
    open(0),
    pass(2),
    goOn,
    pass(6),
  ],
  [...HERE, close(), pass(4), hold('due_move'), pass(4), open(1), pass(2), goOn, pass(2), die('user_renew'), pass(12)],
  // A node dies over a log-out, and the name is claimed again.
  [...HERE, die('room_leave'), logOut, pass(2), open(0), pass(4)],
];

const few = fc.nat({ max: 3 });
/** Every script that changes something. */
const command = fc.constantFrom(
  ...['due_hint', 'due_move', 'due_take', 'room_announce', 'room_join', 'room_leave', 'user_claim', 'user_close'],
  ...['user_end', 'user_enter', 'user_exit', 'user_lapse', 'user_open', 'user_renew', 'user_settle'],
);
const fault = fc.record({ do: fc.constantFrom('die' as const, 'die' as const, 'hold' as const), before: command });
const deed = fc.oneof(
  fc.record({ do: fc.constant('open' as const), user: few, node: few }),
  fc.record({ do: fc.constantFrom('close' as const, 'reload' as const), tab: few, node: few }),
  fc.record({ do: fc.constantFrom('join' as const, 'leave' as const), tab: few, room: few }),
  fc.constantFrom(pass(2), pass(4), pass(6), pass(34)),
);

/** A story into which things are put, each anywhere. */
const chapter = fc
  .tuple(fc.constantFrom(...STORIES), fc.array(fc.tuple(fc.nat(), fc.oneof(fault, fault, deed)), { maxLength: 2 }))
  .map(([story, additions]) => {
    const actions = [...story];
    for (const [at, addition] of additions) actions.splice(at % (actions.length + 1), 0, addition);
    return actions;
  });
const actions = fc
  .array(fc.tuple(chapter, fc.boolean()), { minLength: 1, maxLength: 3 })
  .map((chapters) =>
    chapters.flatMap(([chapter, isRest]): Action[] => (isRest ? [...chapter, { do: 'rest' }] : chapter)),
  );

/** What may happen in one run, and in which order commands run. */
export const plans = fc.record({ actions, seed: fc.nat({ max: 2 ** 31 - 1 }) });
