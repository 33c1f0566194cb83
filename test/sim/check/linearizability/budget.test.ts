import { describe, expect, it } from 'vitest';
import {
  casRegister,
  check,
  keyValue,
  NEVER,
  type Operation,
  type RegisterInput,
  type RegisterOutput,
} from '../../../../sim/check/linearizability/index.ts';

type Registered = Operation<RegisterInput, RegisterOutput>;

/** So many compare-and-sets whose answers nobody got, then a read of what none of them makes: all sets of them are tried. */
function undecidable(pending: number): Registered[] {
  const operations: Registered[] = [];
  const start: Registered = { process: 0, call: 0, return: 1, input: { f: 'write', value: 0 }, output: null };
  operations.push(start);
  for (let i = 0; i < pending; i++) {
    const input = { f: 'cas' as const, from: i % 9, to: (i * 5 + 1) % 9 };
    operations.push({ process: i + 1, call: 2 + i, return: NEVER, input, output: undefined });
    operations.push({
      process: i + 1,
      call: 2 + i,
      return: NEVER,
      input: { f: 'write', value: i % 7 },
      output: undefined,
    });
    operations.push({
      process: 100 + i,
      call: 2 + i,
      return: 500,
      input: { f: 'write', value: 10 + i },
      output: null,
    });
  }
  operations.push({ process: 0, call: 400, return: 401, input: { f: 'read' }, output: 99 });
  return operations;
}

describe('what cannot be decided', () => {
  it('is unknown once the memory is spent, which stays within its bounds', () => {
    const memory = 16 * 1024 * 1024;
    const { verdict, spent, partitions } = check(casRegister, undecidable(40), { memory });
    expect({ verdict, spent }).toEqual({ verdict: 'unknown', spent: 'memory' });
    expect(partitions[0]!.search!.bytes).toBeLessThan(2.5 * memory);
  });

  it('is unknown once the budget says so, asked every few steps', () => {
    let asked = 0;
    const { verdict, spent, partitions } = check(casRegister, undecidable(40), {
      expired: () => ++asked >= 100,
    });
    expect({ verdict, spent, asked }).toEqual({ verdict: 'unknown', spent: 'time', asked: 100 });
    // Sixty-four steps a time, and what the last of them takes along.
    expect(partitions[0]!.search!.steps).toBeLessThan(100 * 64 * 3);
  });

  it('does not hide a partition that fails', () => {
    const hard = Array.from({ length: 60 }, (_, i) => ({
      process: i,
      call: i,
      return: 1000,
      input: { f: 'append' as const, key: 'hard', value: i % 2 === 0 ? 'a' : 'b' },
      output: null,
    }));
    const get = { process: 0, call: 2000, return: 2001, input: { f: 'get' as const, key: 'hard' } };
    const bad = {
      process: 0,
      call: 3000,
      return: 3001,
      input: { f: 'get' as const, key: 'easy' },
      output: 'never written',
    };
    const history = [...hard, { ...get, output: `${'ba'.repeat(30)}a` }, bad];
    let asked = 0;
    const { verdict, partitions } = check(keyValue, history, { expired: () => ++asked > 3000 });
    expect(verdict).toBe('not-linearizable');
    expect(partitions.find(({ name }) => name === 'easy')!.verdict).toBe('not-linearizable');
  });
});

describe('time', () => {
  const write: Registered = { process: 0, call: 1, return: 5, input: { f: 'write', value: 1 }, output: null };
  const readAt = (call: number, output: RegisterOutput): Registered => ({
    process: 1,
    call,
    return: call + 1,
    input: { f: 'read' },
    output,
  });

  it('operations that touch are concurrent', () => {
    expect(check(casRegister, [write, readAt(5, null)]).verdict).toBe('linearizable');
    expect(check(casRegister, [write, readAt(6, null)]).verdict).toBe('not-linearizable');
  });

  it('a pending write may take effect late, early, or never', () => {
    const pending = { ...write, return: NEVER, output: undefined };
    for (const answers of [
      [null, null],
      [null, 1],
      [1, 1],
    ]) {
      const reads = answers.map((answer, i) => readAt(10 + 2 * i, answer!));
      expect(check(casRegister, [pending, ...reads]).verdict).toBe('linearizable');
    }
    expect(check(casRegister, [pending, readAt(10, 1), readAt(12, null)]).verdict).toBe('not-linearizable');
    expect(check(casRegister, [readAt(-5, 1), pending]).verdict).toBe('not-linearizable');
  });

  it('nothing at all is linearizable', () => {
    expect(check(casRegister, []).verdict).toBe('linearizable');
    expect(check(keyValue, []).partitions).toEqual([]);
  });
});
