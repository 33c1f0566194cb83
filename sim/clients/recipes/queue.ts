import type { Program } from '../../../protocol/client/api.ts';
import { put, putWithPriority, take, takeByPriority } from '../../../protocol/client/recipes/index.ts';
import type { ClientSettings } from '../../catalog.ts';
import { numberIn, optional } from '../../shape.ts';
import type { Json } from '../../spec.ts';
import type { ProgramDefinition } from '../program.ts';
import { ROUND_MEMBERS, type RoundParams, rounds, within, work } from './rounds.ts';

interface QueueParams extends RoundParams {
  /** Share of rounds in which it puts an item instead of taking one: 1 a producer, 0 a consumer; default 0.5. */
  readonly puts?: number;
}

const PUTS = 0.5;
const PRIORITIES = 5;
const members = { ...ROUND_MEMBERS, puts: optional(numberIn(0, 1)) };

/** Puts items into a queue (`/queue`) and takes some. */
export const queue: ProgramDefinition = {
  members,
  make: (raw, settings) => inQueue(raw, settings, '/queue', false),
};

/** Puts items with random priorities into a queue (`/priority-queue`) and takes some. */
export const priorityQueue: ProgramDefinition = {
  members,
  make: (raw, settings) => inQueue(raw, settings, '/priority-queue', true),
};

function inQueue(raw: Json, settings: ClientSettings, place: string, byPriority: boolean): Program {
  const params = raw as QueueParams;
  const path = params.path ?? place;
  return function* (zk) {
    yield* rounds(zk, params, settings, function* (number) {
      const text = `item ${number}`;
      if ((yield* zk.random()) < (params.puts ?? PUTS)) {
        if (byPriority) yield* putWithPriority(zk, path, text, Math.floor((yield* zk.random()) * PRIORITIES));
        else yield* put(zk, path, text);
      } else {
        const item = yield* (byPriority ? takeByPriority : take)(zk, path, within(params));
        if (item !== null) yield* work(zk, params);
      }
    });
  };
}
