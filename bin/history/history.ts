/** A history read from a file. */
import {
  casRegister,
  keyValue,
  lock,
  type Model,
  type Operation,
  queue,
  register,
  znode,
} from '../../sim/check/linearizability/index.ts';

/** The models by their names on the command line. */
export const MODELS = { register, 'cas-register': casRegister, kv: keyValue, znode, queue, lock } as const;
export type ModelName = keyof typeof MODELS;

export interface History {
  readonly model: ModelName;
  /** What the model says something about. */
  readonly operations: readonly Operation<unknown, unknown>[];
  /** All that was asked for, what failed included. */
  readonly invoked: number;
  /** What its times are. */
  readonly unit: 'line' | 'time';
}

/** The model with its types forgotten: which operations it understands, the parser has seen to. */
export function modelOf({ model }: History): Model<unknown, unknown, unknown> {
  return MODELS[model] as unknown as Model<unknown, unknown, unknown>;
}
