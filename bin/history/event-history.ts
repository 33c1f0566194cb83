/** Histories told as events — invocations and completions, as Jepsen does — made into operations. */
import type {
  KeyValueInput,
  LockInput,
  QueueInput,
  RegisterInput,
  Value,
} from '../../sim/check/linearizability/index.ts';
import { NEVER, type Operation } from '../../sim/check/linearizability/index.ts';
import { InputError } from '../input/input.ts';
import { type Edn, Keyword, writeEdn } from './edn.ts';
import type { History, ModelName } from './history.ts';

/** One line of such a history. */
export interface HistoryEvent {
  readonly line: number;
  readonly process: number;
  readonly type: 'invoke' | 'ok' | 'fail' | 'info';
  /** What is done, as `read` or `append`. */
  readonly f: string;
  readonly key?: Edn;
  readonly value: Edn | undefined;
}

export const TYPES: readonly string[] = ['invoke', 'ok', 'fail', 'info'];

type Input = RegisterInput | KeyValueInput | QueueInput | LockInput;
type Output = Value;

interface Call {
  readonly event: HistoryEvent;
  readonly input: Input;
  end: HistoryEvent | null;
}

/** Names of what each model does, for messages. */
const OPERATIONS: Readonly<Record<Exclude<ModelName, 'znode'>, readonly string[]>> = {
  register: ['read', 'write'],
  'cas-register': ['read', 'write', 'cas'],
  kv: ['get', 'put', 'append'],
  queue: ['enqueue', 'dequeue'],
  lock: ['acquire', 'release'],
};

/**
 * Pairs each completion with its process's invocation. What failed did not happen and is left out; what has no completion,
 * or `:info`, may have happened at any later time. Times are line numbers.
 * @throws InputError with the line
 */
export function historyOf(model: ModelName, events: readonly HistoryEvent[], where: string): History {
  const fail = (line: number, message: string): never => {
    throw new InputError(`${where}: line ${line}: ${message}`);
  };
  if (model === 'znode') return fail(1, 'a history of znodes is given as JSON (zab-lab/history@1)');
  const known = OPERATIONS[model];
  const calls: Call[] = [];
  const open = new Map<number, Call>();
  for (const event of events) {
    const { line, process, type, f } = event;
    if (!known.includes(f))
      fail(line, `:${f} is none of what a ${model} does: ${known.map((name) => `:${name}`).join(', ')}`);
    const call = open.get(process);
    if (type === 'invoke') {
      if (call !== undefined) {
        fail(
          line,
          `process ${process} invokes an operation while that of line ${call.event.line} is under way`,
        );
      }
      const invoked: Call = { event, input: inputOf(event, (message) => fail(line, message)), end: null };
      calls.push(invoked);
      open.set(process, invoked);
      continue;
    }
    if (call === undefined) return fail(line, `process ${process} has invoked nothing that this could end`);
    if (call.event.f !== f) fail(line, `:${f} ends the :${call.event.f} of line ${call.event.line}`);
    call.end = event;
    open.delete(process);
  }
  const operations: Operation<Input, Output>[] = [];
  for (const { event, input, end } of calls) {
    if (end?.type === 'fail') continue;
    const answered = end?.type === 'ok';
    operations.push({
      process: event.process,
      call: event.line,
      return: answered ? end.line : NEVER,
      input,
      output: answered ? outputOf(end, (message) => fail(end.line, message)) : undefined,
    });
  }
  return { model, operations, invoked: calls.length, unit: 'line' };
}

function inputOf({ f, key, value, process }: HistoryEvent, fail: (message: string) => never): Input {
  switch (f) {
    case 'read':
    case 'dequeue':
      return { f };
    case 'write':
    case 'enqueue':
      return { f, value: scalar(value, fail) };
    case 'cas': {
      if (!Array.isArray(value) || value.length !== 2) fail(`:cas needs [old new], not ${writeEdn(value)}`);
      const [from, to] = value as readonly Edn[];
      return { f, from: scalar(from, fail), to: scalar(to, fail) };
    }
    case 'acquire':
    case 'release':
      return { f, owner: process };
  }
  const name =
    key === undefined || key === null || typeof key === 'object' ? fail(`:${f} needs a :key`) : String(key);
  if (f === 'get') return { f, key: name };
  if (typeof value !== 'string') fail(`:${f} needs a text as its :value, not ${writeEdn(value)}`);
  return { f: f === 'put' ? 'put' : 'append', key: name, value: value as string };
}

function outputOf({ f, value }: HistoryEvent, fail: (message: string) => never): Output {
  switch (f) {
    case 'read':
    case 'dequeue':
      return scalar(value, fail);
    case 'get':
      // A key that nothing was written to.
      if (value === null || value === undefined) return '';
      return typeof value === 'string'
        ? value
        : fail(`:get needs a text as its :value, not ${writeEdn(value)}`);
    case 'cas':
    case 'acquire':
    case 'release':
      return true;
    default:
      return null;
  }
}

function scalar(value: Edn | undefined, fail: (message: string) => never): Value {
  if (value === undefined) return fail('a value is missing');
  if (value instanceof Keyword) return `:${value.name}`;
  if (typeof value === 'object' && value !== null)
    return fail(`${writeEdn(value)} is not a number, a text or nil`);
  return value;
}
