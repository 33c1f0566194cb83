import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  check,
  type Model,
  NEVER,
  type Operation,
  Search,
} from '../../../../sim/check/linearizability/index.ts';
import { RandomStream } from '../../../../sim/random.ts';
import { isLinearizable } from './brute-force.ts';
import { generate } from './generate.ts';
import { type Below, type Subject, subjects } from './objects.ts';

type Any = Operation<unknown, unknown>;

function belowOf(seed: number | string): Below {
  const random = new RandomStream(String(seed));
  return (bound) => random.below(bound);
}

/** Any answer to such an input, or one that another operation of the same kind was given. */
function otherAnswer({ invent }: Subject, history: readonly Any[], input: unknown, below: Below): unknown {
  const kind = (of: unknown): unknown => (of as { readonly f?: string }).f;
  const others = history.filter((other) => other.return !== NEVER && kind(other.input) === kind(input));
  return kind(input) === undefined || below(2) === 0
    ? invent(input, below)
    : others[below(others.length)]!.output;
}

/** Small histories, most of them with answers that are not the object's or operations at another time. */
function histories(subject: Subject): fc.Arbitrary<Any[]> {
  return fc
    .record({
      seed: fc.nat(),
      processes: fc.integer({ min: 1, max: 4 }),
      operations: fc.integer({ min: 1, max: 7 }),
      pending: fc.constantFrom(0, 0, 30, 60),
      mistakes: fc.array(fc.record({ at: fc.nat(), kind: fc.constantFrom('answer', 'answer', 'time') }), {
        minLength: 1,
        maxLength: 6,
      }),
    })
    .map(({ seed, processes, operations, pending, mistakes }) => {
      const below = belowOf(seed);
      const history = generate(subject, { processes, operations, pending, delay: 4, pause: 1 }, below);
      for (const { at, kind } of mistakes) {
        const i = at % history.length;
        const { call, return: end, input } = history[i]!;
        const by = 1 + below(12);
        if (kind === 'time') history[i] = { ...history[i]!, call: call + by, return: end + by };
        else if (end !== NEVER)
          history[i] = { ...history[i]!, output: otherAnswer(subject, history, input, below) };
      }
      history.sort((a, b) => a.call - b.call);
      return history;
    });
}

/** A whole search of one partition. */
function searchAll(model: Model<unknown, unknown, unknown>, history: readonly Any[]) {
  const search = new Search(model, history);
  search.run(Number.MAX_SAFE_INTEGER);
  return search;
}

const RUNS = 400;
/** Of each verdict, in a hundred histories. */
const LEAST_SHARE = 20;

describe('the verdict is that of trying every order', () => {
  const few = Object.entries(subjects(2));
  // With values that differ, searches look ahead the furthest.
  const many = Object.entries(subjects(1_000_000, 1)).map(
    ([name, of]) => [`${name}, no value twice`, of] as const,
  );
  for (const [name, subject] of [...few, ...many]) {
    it(`for histories of ${name}, and both verdicts are frequent`, () => {
      const { model } = subject;
      const counts = { linearizable: 0, 'not-linearizable': 0, unknown: 0 };
      const once = fc.property(histories(subject), (history) => {
        // The model of a store knows one key at a time.
        const parts = model.name === 'kv' ? model.partition!(history) : [{ operations: history }];
        const holds = parts.map(({ operations }) => isLinearizable(model, operations));
        const expected = holds.every(Boolean) ? 'linearizable' : 'not-linearizable';
        counts[expected]++;
        expect(check(model, history).verdict).toBe(expected);
        parts.forEach(({ operations }, i) => {
          expect(searchAll(model, operations).verdict).toBe(holds[i] ? 'linearizable' : 'not-linearizable');
        });
      });
      fc.assert(once, { seed: 5, numRuns: RUNS, endOnFailure: false });
      expect(Math.min(counts.linearizable, counts['not-linearizable']) * 100).toBeGreaterThanOrEqual(
        RUNS * LEAST_SHARE,
      );
    });

    it(`for histories of ${name}: the order found is one, and what has no place in it is what breaks the history`, () => {
      // Looking ahead, a search gives up before that operation returns.
      const { lookahead: _, ...model } = subject.model;
      const once = fc.property(histories(subject), (history) => {
        const search = searchAll(model, history);
        const { timeline } = search;
        const order = search.order();
        let state = model.init();
        for (const { operation, state: after } of order) {
          const { input, output } = timeline.operations[operation]!;
          const next = model.step(state, input, output);
          expect(next !== undefined && model.equal(next, after)).toBe(true);
          state = after;
        }
        const place = new Map(order.map(({ operation }, i) => [operation, i]));
        expect(place.size).toBe(order.length);
        const end = search.verdict === 'linearizable' ? timeline.events.length : search.furthest;
        for (let a = 0; a < timeline.operations.length; a++) {
          if (timeline.returnEvent[a]! < end) expect(place.has(a)).toBe(true);
          for (let b = 0; b < timeline.operations.length; b++) {
            if (timeline.returnEvent[a]! >= timeline.callEvent[b]! || !place.has(b)) continue;
            expect(place.get(a)!).toBeLessThan(place.get(b)!);
          }
        }
        if (search.verdict === 'linearizable') return;
        expect(isLinearizable(model, until(search, search.furthest))).toBe(true);
        expect(isLinearizable(model, until(search, search.furthest + 1))).toBe(false);
        expect(place.has(search.stuck)).toBe(false);
      });
      fc.assert(once, { seed: 6, numRuns: RUNS / 2, endOnFailure: false });
    });
  }
});

/** What had been called before an event; what returns later may have taken effect, with the answer it was to get. */
function until({ timeline }: Search<unknown, unknown, unknown>, event: number): Any[] {
  return timeline.operations
    .map((operation, i) => {
      const answered = timeline.returnEvent[i]! < event;
      return {
        ...operation,
        call: timeline.callEvent[i]!,
        return: answered ? timeline.returnEvent[i]! : NEVER,
      };
    })
    .filter(({ call }) => call < event);
}

describe('long histories', () => {
  for (const [name, subject] of Object.entries(subjects(1_000_000_000, 10))) {
    it(`10,000 operations of 10 processes on ${name} are found linearizable`, () => {
      const history = generate(subject, { processes: 10, operations: 10_000 }, belowOf(name));
      const { verdict, operations } = check(subject.model, history);
      expect({ verdict, operations }).toEqual({ verdict: 'linearizable', operations: 10_000 });
    });
  }
});
