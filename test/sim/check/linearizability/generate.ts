/** Histories of real objects: each operation takes effect at a moment of its own between call and return. */
import { NEVER, type Operation } from '../../../../sim/check/linearizability/index.ts';
import type { Below, Subject } from './objects.ts';

export interface Shape {
  readonly processes: number;
  readonly operations: number;
  /** Of 100 operations, how many are never answered; half of those take effect. Default 0. */
  readonly pending?: number;
  /** Longest time from call to effect and from there to the return. Default 10. */
  readonly delay?: number;
  /** Longest time between a return and the same process's next call. Default 10. */
  readonly pause?: number;
}

/** A linearizable history. */
export function generate(subject: Subject, shape: Shape, below: Below): Operation<unknown, unknown>[] {
  const { processes, operations, pending = 0, delay = 10, pause = 10 } = shape;
  const clocks = new Array<number>(processes).fill(0);
  const drawn = Array.from({ length: operations }, () => {
    const process = clocks.indexOf(Math.min(...clocks));
    const call = clocks[process]! + below(pause + 1);
    const effect = call + below(delay + 1);
    const end = effect + below(delay + 1);
    clocks[process] = end + 1;
    const lost = below(100) < pending;
    return {
      process,
      call,
      effect,
      end,
      lost,
      skipped: lost && below(2) === 0,
      input: subject.draw(below, process),
    };
  });
  const answer = subject.create();
  const outputs = new Map<object, unknown>();
  for (const operation of drawn.toSorted((a, b) => a.effect - b.effect)) {
    if (!operation.skipped) outputs.set(operation, answer(operation.input));
  }
  return drawn
    .map((operation) => {
      const { process, call, end, lost, input } = operation;
      return {
        process,
        call,
        return: lost ? NEVER : end,
        input,
        output: lost ? undefined : outputs.get(operation),
      };
    })
    .sort((a, b) => a.call - b.call);
}
