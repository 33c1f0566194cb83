import { readText } from '../../../protocol/client/recipes/text.ts';
import { field, flag, numberIn, optional, text } from '../../shape.ts';
import type { ProgramDefinition } from '../program.ts';
import { until } from './until.ts';

interface ReaderParams {
  readonly path: string;
  /** When it reads, ms. */
  readonly at: number;
  /** Asks its server to catch up with the leader first; default false. */
  readonly sync?: boolean;
}

/** Reads a node once and tells what it read. */
export const reader: ProgramDefinition = {
  members: { path: field(text), at: field(numberIn(0, 1e9)), sync: optional(flag) },
  make(raw) {
    const params = raw as unknown as ReaderParams;
    return function* (zk) {
      yield* until(zk, params.at);
      if (params.sync) yield* zk.sync(params.path);
      const { data } = yield* zk.getData(params.path);
      yield* zk.tell('reader', `reads "${readText(data)}"`);
    };
  },
};
