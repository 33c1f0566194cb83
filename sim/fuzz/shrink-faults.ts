/** Fewer faults, and simpler ones. */
import type { Fault, RunSpec } from '../spec.ts';
import type { Candidates } from './candidates.ts';
import { changes, fewer } from './shrink-list.ts';

/** Leaves faults out. */
export function fewerFaults(spec: RunSpec): Candidates {
  return fewer(
    spec,
    ({ faults }) => faults.length,
    (run, from, to) => ({ ...run, faults: [...run.faults.slice(0, from), ...run.faults.slice(to)] }),
  );
}

/** Each fault sooner, shorter and at rounder times. */
export function simplerFaults(spec: RunSpec): Candidates {
  const edits = spec.faults.flatMap((_, index) =>
    SIMPLER.map((simpler) => (run: RunSpec): RunSpec | null => {
      const fault = run.faults[index]!;
      const other = simpler(fault, run);
      if (other === null) return null;
      return { ...run, faults: run.faults.map((same, i) => (i === index ? other : same)) };
    }),
  );
  return changes(spec, edits);
}

const SIMPLER: readonly ((fault: Fault, run: RunSpec) => Fault | null)[] = [
  (fault) => {
    const { delay, ...rest } = fault;
    return delay === undefined ? null : (rest as Fault);
  },
  ({ delay, ...rest }) =>
    delay === undefined ? null : rounded(delay, (value) => ({ ...rest, delay: value }) as Fault),
  (fault) => {
    if ((fault.when?.nth ?? 1) <= 1) return null;
    const { nth: _nth, ...when } = fault.when!;
    return { ...fault, when };
  },
  // What mends at the time of healing must stay there.
  (fault, run) =>
    fault.at === undefined || fault.at === run.end.healedAt
      ? null
      : rounded(fault.at, (at) => ({ ...fault, at })),
  (fault) => ('for' in fault ? rounded(fault.for, (value) => ({ ...fault, for: value })) : null),
  (fault) =>
    fault.kind === 'powerLoss' && fault.server !== 'all'
      ? { ...fault, kind: 'crash', server: fault.server }
      : null,
  (fault) =>
    fault.kind === 'swizzle' && fault.servers.length > 1
      ? { ...fault, servers: fault.servers.slice(0, -1) }
      : null,
];

/** Down to a hundred, or to ten where it is less. */
function rounded(ms: number, make: (ms: number) => Fault): Fault | null {
  const unit = ms > 100 ? 100 : 10;
  const round = Math.floor(ms / unit) * unit;
  return round === ms || round === 0 ? null : make(round);
}
