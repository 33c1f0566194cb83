import { readText } from '../../../protocol/client/recipes/text.ts';
import { field, numberIn, text } from '../../shape.ts';
import type { ProgramDefinition } from '../program.ts';
import { until } from './until.ts';

interface WatchingReaderParams {
  readonly path: string;
  /** When it leaves its watch, ms. */
  readonly at: number;
}

/**
 * Leaves a watch on a node's data and, without waiting for the event, reads the node again and again until the data are
 * new. Then it tells whether the event had been there before.
 */
export const watchingReader: ProgramDefinition = {
  members: { path: field(text), at: field(numberIn(0, 1e9)) },
  make(raw) {
    const { path, at } = raw as unknown as WatchingReaderParams;
    return function* (zk) {
      yield* until(zk, at);
      const first = yield* zk.getData(path, true);
      for (;;) {
        const { data, stat } = yield* zk.getData(path);
        if (stat.version === first.stat.version) continue;
        const told = (yield* zk.event(path, 0)) !== null;
        const when = told ? 'after its watch event' : 'without a watch event';
        yield* zk.tell('reader', `reads "${readText(data)}" ${when}`);
        return;
      }
    };
  },
};
