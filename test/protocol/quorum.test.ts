import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { quorumOf } from '../../protocol/quorum.ts';

const participants = (n: number) => Array.from({ length: n }, (_, i) => i + 1);

describe('QUORUM-1', () => {
  it('a majority is more than half of the participants', () => {
    for (let n = 1; n <= 13; n++) {
      const quorum = quorumOf({ participants: participants(n), quorum: {} });
      for (let k = 0; k <= n; k++) expect(quorum.containsQuorum((id) => id <= k)).toBe(k > Math.floor(n / 2));
    }
  });

  it('a weighted quorum is more than half of the weight, and weight 0 adds nothing', () => {
    const quorum = quorumOf({ participants: [1, 2, 3], quorum: { weights: { 1: 3, 2: 1, 3: 0 } } });
    expect(quorum.containsQuorum((id) => id === 1)).toBe(true);
    expect(quorum.containsQuorum((id) => id !== 1)).toBe(false);
    expect(quorum.weight(3)).toBe(0);
    expect(quorum.weight(9)).toBe(0);
  });

  it('a hierarchical quorum is a majority of groups, each by its weight', () => {
    const groups = [
      [1, 2, 3],
      [4, 5, 6],
      [7, 8, 9],
    ];
    const quorum = quorumOf({ participants: participants(9), quorum: { groups } });
    expect(quorum.containsQuorum((id) => [1, 2, 4, 5].includes(id))).toBe(true);
    expect(quorum.containsQuorum((id) => [1, 2, 3, 4, 7].includes(id))).toBe(false);
  });

  it('a group of weight 0 does not count', () => {
    const quorum = quorumOf({
      participants: [1, 2, 3, 4],
      quorum: {
        groups: [[1, 2, 3], [4]],
        weights: { 4: 0 },
      },
    });
    expect(quorum.containsQuorum((id) => id <= 2)).toBe(true);
  });

  it('any two quorums intersect', () => {
    const shape = fc.record({
      weights: fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 7, maxLength: 7 }),
      cut: fc.integer({ min: 1, max: 6 }),
      grouped: fc.boolean(),
      a: fc.integer({ min: 0, max: 127 }),
      b: fc.integer({ min: 0, max: 127 }),
    });
    fc.assert(
      fc.property(shape, ({ weights, cut, grouped, a, b }) => {
        const ids = participants(7);
        const quorum = quorumOf({
          participants: ids,
          quorum: {
            weights: Object.fromEntries(weights.map((weight, i) => [i + 1, weight])),
            ...(grouped ? { groups: [ids.slice(0, cut), ids.slice(cut)] } : {}),
          },
        });
        if (quorum.containsQuorumMask(a) && quorum.containsQuorumMask(b)) expect(a & b).not.toBe(0);
      }),
      { numRuns: 2000 },
    );
  });

  it('a group that names no participant is refused', () => {
    expect(() => quorumOf({ participants: [1], quorum: { groups: [[2]] } })).toThrow('server 2');
  });
});
