import { createRequest, errorName, KeeperError, toBytes } from '../../../protocol/client/index.ts';
import { readText } from '../../../protocol/client/recipes/text.ts';
import type { MultiOp } from '../../../protocol/request.ts';
import { OpCode } from '../../../protocol/txn.ts';
import { field, numberIn, text } from '../../shape.ts';
import type { ProgramDefinition } from '../program.ts';
import { until } from './until.ts';

interface TransferParams {
  /** Name of the receipt, below `/transfers`. */
  readonly receipt: string;
  /** When it reads the two balances, ms. */
  readonly readAt: number;
  /** When it writes, ms. */
  readonly at: number;
  readonly amount: number;
}

/**
 * Moves an amount from `/from` to `/to` in one multi: a receipt, and both balances if they are as it read them. A multi that
 * fails it does not repeat; it looks for the receipt.
 */
export const transfer: ProgramDefinition = {
  members: {
    receipt: field(text),
    readAt: field(numberIn(0, 1e9)),
    at: field(numberIn(0, 1e9)),
    amount: field(numberIn(0, 1e9, true)),
  },
  make(raw) {
    const { receipt, readAt, at, amount } = raw as unknown as TransferParams;
    const path = `/transfers/${receipt}`;
    return function* (zk) {
      yield* until(zk, readAt);
      const from = yield* zk.getData('/from');
      const to = yield* zk.getData('/to');
      yield* until(zk, at);
      try {
        yield* zk.multi([
          createRequest(path, null, {}, false),
          balance('/from', Number(readText(from.data)) - amount, from.stat.version),
          balance('/to', Number(readText(to.data)) + amount, to.stat.version),
        ]);
        yield* zk.tell('transfer', `moves ${amount}`);
      } catch (error) {
        if (!(error instanceof KeeperError) || error.results === null) throw error;
        const answers = error.results.map(({ err }) => errorName(err)).join(', ');
        yield* zk.tell('transfer', `fails: ${answers}`);
        const found = (yield* zk.exists(path)) === null ? 'finds no receipt' : 'finds a receipt';
        yield* zk.tell('transfer', found);
      }
    };
  },
};

/** Writes a balance if it has not changed since it was read. */
function balance(path: string, amount: number, version: number): MultiOp {
  return { type: OpCode.setData, path, data: toBytes(String(amount)), version };
}
