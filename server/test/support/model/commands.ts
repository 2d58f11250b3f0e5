/** What may happen in a model run, as values that fast-check makes and shrinks. */
import fc from 'fast-check';
import type { Luck } from './sim.ts';

/** One deed, and how many steps pass before the next. */
export type Command = { steps: number } & Deed;
export type Deed =
  | { do: 'send' | 'leave' | 'disconnect' | 'online' | 'offline'; device: number }
  | { do: 'join'; device: number; node: number; gives: boolean }
  | { do: 'audit' | 'lose'; node: number }
  | { do: 'restart'; lost: number }
  | { do: 'trim'; keep: number }
  | { do: 'destroy' | 'recreate' };

/** A whole run. `joined` devices are in the room, and `sent` messages in its log, before anything can go wrong. */
export type Plan = { joined: number; sent: number; commands: readonly Command[]; luck: Luck };

/** How much may go wrong. */
export type Weather = 'fair' | 'lossy' | 'restarts';

export const DEVICES = 4;
export const NODES = 2;

const device = fc.nat(DEVICES - 1);
const node = fc.nat(NODES - 1);
const steps = fc.nat(12);
const of = <T>(...values: T[]) => fc.constantFrom(...values);

const talk = fc.record({ do: of<'send'>('send'), device });
const join = fc.record({ do: of<'join'>('join'), device, node, gives: fc.boolean() });
const move = fc.record({
  do: of<'leave' | 'disconnect' | 'online' | 'offline'>('leave', 'disconnect', 'online', 'offline'),
  device,
});
const audit = fc.record({ do: of<'audit'>('audit'), node });
const lose = fc.record({ do: of<'lose'>('lose'), node });
const trim = fc.record({ do: of<'trim'>('trim'), keep: fc.nat(2) });
const restart = fc.record({ do: of<'restart'>('restart'), lost: fc.nat(3) });
const end = fc.record({ do: of<'destroy' | 'recreate'>('destroy', 'recreate') });

const DEEDS: Record<Weather, fc.Arbitrary<Deed>> = {
  fair: fc.oneof({ weight: 4, arbitrary: talk }, { weight: 4, arbitrary: join }, { weight: 3, arbitrary: move }),
  lossy: fc.oneof(
    { weight: 6, arbitrary: talk },
    { weight: 5, arbitrary: join },
    { weight: 4, arbitrary: move },
    { weight: 1, arbitrary: audit },
    { weight: 1, arbitrary: lose },
    { weight: 1, arbitrary: trim },
  ),
  restarts: fc.oneof(
    { weight: 6, arbitrary: talk },
    { weight: 5, arbitrary: join },
    { weight: 3, arbitrary: move },
    { weight: 1, arbitrary: audit },
    { weight: 1, arbitrary: lose },
    { weight: 3, arbitrary: restart },
    { weight: 1, arbitrary: trim },
    { weight: 1, arbitrary: end },
  ),
};

const ticks = fc.array(fc.boolean(), { maxLength: 12 });
const FAIR_LUCK = fc.record({ fates: fc.constant([]), calls: fc.constant([]), ticks });
const BAD_LUCK = fc.record({
  fates: fc.array(of('in order' as const, 'in order' as const, 'late' as const, 'lost' as const, 'twice' as const), {
    maxLength: 30,
  }),
  calls: fc.array(
    fc.oneof(
      { weight: 8, arbitrary: of('answered' as const) },
      { weight: 1, arbitrary: of('refused' as const, 'unanswered' as const) },
    ),
    { maxLength: 30 },
  ),
  ticks,
});

/** Plans for one kind of weather. */
export function plans(weather: Weather): fc.Arbitrary<Plan> {
  const command = fc.tuple(DEEDS[weather], steps).map(([deed, count]): Command => ({ ...deed, steps: count }));
  return fc.record({
    joined: fc.nat(DEVICES),
    sent: fc.nat(3),
    commands: fc.array(command, { minLength: 1, maxLength: 14 }),
    luck: weather === 'fair' ? FAIR_LUCK : BAD_LUCK,
  });
}
