/** What a node must never log, whatever breaks around it. */
import type { FaultNode } from './world.ts';

/** Always a defect: an unhandled rejection or exception, a request that was answered as INTERNAL, the end of a node by an error. */
const DEFECT =
  /unhandled|uncaught|"level":"fatal"|"stage":"request"|"err":\{"type":"(Defect|TypeError|RangeError|ReplyError)"/i;

/** The lines that say so, by node; `isExpected` excuses what a fault brings about by itself. */
export function defectsIn(nodes: readonly FaultNode[], isExpected: (line: string) => boolean = () => false): string[] {
  return nodes.flatMap((node) =>
    node
      .log()
      .split('\n')
      .filter((line) => DEFECT.test(line) && !isExpected(line))
      .map((line) => `${node.name}: ${line.slice(0, 600)}`),
  );
}
