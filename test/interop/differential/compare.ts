// Where two outcomes differ, field by field.
import type { Arrival, Fields } from './reply.ts';
import type { Outcome } from './side.ts';
import type { Step } from './step.ts';

/** One field, or one arrival that only one side has. */
export interface Difference {
  readonly step: Step;
  /** Field names from the outcome down. */
  readonly at: readonly (string | number)[];
  readonly apache: unknown;
  readonly ours: unknown;
  /** What Apache's server sent, where the field is of a reply or event. */
  readonly arrival: Arrival | undefined;
  /** And ours in its place. */
  readonly own: Arrival | undefined;
}

export function differencesOf(step: Step, apache: Outcome | Fields, ours: Outcome | Fields): Difference[] {
  const found: Difference[] = [];
  const walk = (
    at: readonly (string | number)[],
    a: unknown,
    b: unknown,
    arrival?: Arrival,
    own?: Arrival,
  ): void => {
    if (a === b) return;
    if (isRecord(a) && isRecord(b) && Array.isArray(a) === Array.isArray(b)) {
      const within = 'kind' in a ? (a as Arrival) : arrival;
      const ownWithin = 'kind' in b ? (b as Arrival) : own;
      for (const name of new Set([...Object.keys(a), ...Object.keys(b)])) {
        walk([...at, name], a[name], b[name], within, ownWithin);
      }
    } else found.push({ step, at, apache: a, ours: b, arrival, own });
  };
  walk([], apache, ours);
  return found;
}

/** What a person has to know of a difference, in a line. */
export function lineOf({ at, apache, ours, arrival }: Difference): string {
  const of = arrival === undefined ? '' : ` (${String(arrival.to ?? 'event')} ${arrival.xid ?? ''})`;
  return `${at.join('.')}${of}: Apache ${textOf(apache)}, ours ${textOf(ours)}`;
}

/** Of an arrival, all but the request: that is in the step. */
function textOf(value: unknown): string {
  return JSON.stringify(value, (name, member) => (name === 'request' ? undefined : member)) ?? 'nothing';
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
