/** The project's own format of histories, `zab-lab/history@1`: see `zab-lab check --help` and the README. */
import { CreateFlag, type MultiOp, type ReadRequest, type WriteOp } from '../../protocol/request.ts';
import { OPEN_ACL_UNSAFE } from '../../protocol/tree/acl.ts';
import type { Stat } from '../../protocol/tree/stat.ts';
import { ErrorCode, OpCode } from '../../protocol/txn.ts';
import {
  NEVER,
  type Operation,
  type Value,
  type ZnodeInput,
  type ZnodeOutput,
} from '../../sim/check/linearizability/index.ts';
import { InputError } from '../input/input.ts';
import { jsonSyntaxError } from '../input/json-syntax.ts';
import type { History, ModelName } from './history.ts';

export const HISTORY_FORMAT = 'zab-lab/history@1';

type Json = null | boolean | number | string | readonly Json[] | JsonObject;
interface JsonObject {
  readonly [member: string]: Json | undefined;
}
type Fail = (message: string) => never;

/** @throws InputError with the line */
export function parseHistoryJson(text: string, where: string, model: ModelName): History {
  const syntax = jsonSyntaxError(text);
  if (syntax !== null) {
    throw new InputError(
      `${where}: line ${syntax.line}, column ${syntax.column}: not JSON: expected ${syntax.expected}`,
    );
  }
  const json = JSON.parse(text) as Json;
  const failAt = (line: number, message: string): never => {
    throw new InputError(`${where}: line ${line}: ${message}`);
  };
  if (!isObject(json) || json.format !== HISTORY_FORMAT) {
    return failAt(1, `expected {"format": "${HISTORY_FORMAT}", "operations": […]}`);
  }
  if (json.model !== undefined && json.model !== model) {
    failAt(1, `the history is of a ${String(json.model)}: give --model ${String(json.model)}`);
  }
  const list = json.operations;
  if (!Array.isArray(list)) return failAt(1, 'operations is missing: expected an array');
  let lines: readonly number[] | null = null;
  const operations = (list as readonly Json[]).map((operation, i) =>
    parseOperation(operation, model, (message) => {
      lines ??= linesOfOperations(text);
      return failAt(lines[i] ?? 1, `operations[${i}]: ${message}`);
    }),
  );
  return { model, operations, invoked: operations.length, unit: 'time' };
}

function parseOperation(json: Json, model: ModelName, fail: Fail): Operation<unknown, unknown> {
  if (!isObject(json)) return fail('expected an object');
  const { process, call, input, output } = json;
  if (typeof process !== 'number' || !Number.isInteger(process))
    return fail('process: expected a whole number');
  if (typeof call !== 'number') return fail('call: expected a time, as a number');
  const end = json.return ?? null;
  if (end !== null && typeof end !== 'number')
    return fail('return: expected a time, or null where it never returned');
  if (end !== null && end < call) fail(`return: ${end} is before call, ${call}`);
  if (!isObject(input)) return fail('input: expected an object');
  if (end !== null && output === undefined)
    fail('output is missing (what did not return has "return": null)');
  const parsed = INPUTS[model](input, process, (message) => fail(`input: ${message}`));
  return {
    process,
    call,
    return: end ?? NEVER,
    input: parsed,
    output:
      end === null ? undefined : OUTPUTS[model](output!, input, (message) => fail(`output: ${message}`)),
  };
}

type ParseInput = (input: JsonObject, process: number, fail: Fail) => unknown;
type ParseOutput = (output: Json, input: JsonObject, fail: Fail) => unknown;

const INPUTS: Readonly<Record<ModelName, ParseInput>> = {
  register: (input, _, fail) => registerInput(input, ['read', 'write'], fail),
  'cas-register': (input, _, fail) => registerInput(input, ['read', 'write', 'cas'], fail),
  kv: (input, _, fail) => {
    const f = oneOf(input, 'f', ['get', 'put', 'append'], fail);
    const key = textOf(input, 'key', fail);
    return f === 'get' ? { f, key } : { f, key, value: textOf(input, 'value', fail) };
  },
  queue: (input, _, fail) => {
    const f = oneOf(input, 'f', ['enqueue', 'dequeue'], fail);
    return f === 'dequeue' ? { f } : { f, value: scalarOf(input, 'value', fail) };
  },
  lock: (input, process, fail) => {
    const f = oneOf(input, 'f', ['acquire', 'release'], fail);
    return { f, owner: input.owner === undefined ? process : scalarOf(input, 'owner', fail) };
  },
  znode: znodeInput,
};

const scalar: ParseOutput = (output, _, fail) =>
  typeof output === 'object' && output !== null
    ? fail('expected a number, a text, true, false or null')
    : output;

const OUTPUTS: Readonly<Record<ModelName, ParseOutput>> = {
  register: scalar,
  'cas-register': (output, input, fail) => {
    if (input.f === 'cas' && typeof output !== 'boolean') return fail('expected true or false');
    return scalar(output, input, fail);
  },
  kv: (output, { f }, fail) => {
    if (f === 'get') return typeof output === 'string' ? output : fail('expected a text');
    return null;
  },
  queue: (output, { f }, fail) => (f === 'enqueue' ? null : scalar(output, {}, fail)),
  lock: (output, _, fail) => (typeof output === 'boolean' ? output : fail('expected true or false')),
  znode: (output, _, fail) => znodeOutput(output, fail),
};

function registerInput(input: JsonObject, names: readonly ('read' | 'write' | 'cas')[], fail: Fail): unknown {
  const f = oneOf(input, 'f', names, fail);
  if (f === 'read') return { f };
  if (f === 'write') return { f, value: scalarOf(input, 'value', fail) };
  return { f, from: scalarOf(input, 'from', fail), to: scalarOf(input, 'to', fail) };
}

const MODES: Readonly<Record<string, number>> = {
  persistent: CreateFlag.PERSISTENT,
  ephemeral: CreateFlag.EPHEMERAL,
  'persistent-sequential': CreateFlag.PERSISTENT_SEQUENTIAL,
  'ephemeral-sequential': CreateFlag.EPHEMERAL_SEQUENTIAL,
  container: CreateFlag.CONTAINER,
};

function znodeInput(input: JsonObject, process: number, fail: Fail): ZnodeInput {
  const session = input.session === undefined ? String(process) : textOf(input, 'session', fail);
  const f = oneOf(
    input,
    'f',
    ['create', 'delete', 'setData', 'getData', 'exists', 'getChildren', 'multi', 'closeSession'],
    fail,
  );
  // Sessions of a model need no 64 bits.
  const result = (op: WriteOp | ReadRequest): ZnodeInput => ({ session: session.padStart(16, '0'), op });
  if (f === 'closeSession') return result({ type: OpCode.closeSession });
  if (f === 'getData' || f === 'exists' || f === 'getChildren') {
    return result({ type: OpCode[f], path: textOf(input, 'path', fail), watch: false });
  }
  if (f === 'multi') {
    if (!Array.isArray(input.ops)) return fail('ops: expected an array');
    const ops = (input.ops as readonly Json[]).map((part, i) => {
      const failPart: Fail = (message) => fail(`ops[${i}]: ${message}`);
      return isObject(part) ? change(part, failPart) : failPart('expected an object');
    });
    return result({ type: OpCode.multi, ops });
  }
  const op = change(input, fail);
  return op.type === OpCode.check ? fail('f: check stands in a multi only') : result(op);
}

function change(input: JsonObject, fail: Fail): MultiOp {
  const f = oneOf(input, 'f', ['create', 'delete', 'setData', 'check'], fail);
  const path = textOf(input, 'path', fail);
  if (f === 'create') {
    const mode = input.mode === undefined ? 'persistent' : oneOf(input, 'mode', Object.keys(MODES), fail);
    const type = mode === 'container' ? OpCode.createContainer : OpCode.create;
    return { type, path, data: dataOf(input.data, fail), acl: OPEN_ACL_UNSAFE, flags: MODES[mode]! };
  }
  const { version = -1 } = input;
  if (typeof version !== 'number' || !Number.isInteger(version))
    return fail('version: expected a whole number');
  if (f === 'setData') return { type: OpCode.setData, path, data: dataOf(input.data, fail), version };
  return { type: f === 'delete' ? OpCode.delete : OpCode.check, path, version };
}

const STAT: readonly (keyof Stat)[] = [
  'version',
  'cversion',
  'aversion',
  'dataLength',
  'numChildren',
  'ephemeralOwner',
];

function znodeOutput(output: Json, fail: Fail): ZnodeOutput {
  if (output === null) return { err: ErrorCode.OK };
  if (!isObject(output)) return fail('expected an object, or null');
  const { error, path, data, version, children, stat, results } = output;
  if (error !== undefined) {
    if (typeof error !== 'string' || !(error in ErrorCode))
      return fail('error: expected a name such as NONODE');
    return { err: ErrorCode[error as keyof typeof ErrorCode] };
  }
  if (path !== undefined && typeof path !== 'string') return fail('path: expected a text');
  if (version !== undefined && typeof version !== 'number') return fail('version: expected a number');
  if (stat !== undefined && !isObject(stat)) return fail('stat: expected an object');
  if (
    children !== undefined &&
    !(Array.isArray(children) && children.every((name) => typeof name === 'string'))
  ) {
    return fail('children: expected an array of texts');
  }
  const seen: Record<string, unknown> = {};
  for (const field of STAT) if (stat?.[field] !== undefined) seen[field] = stat[field];
  if (version !== undefined) seen.version = version;
  return {
    err: ErrorCode.OK,
    ...(path === undefined ? {} : { path }),
    ...(data === undefined ? {} : { data: dataOf(data, fail) }),
    ...(children === undefined ? {} : { children: children as readonly string[] }),
    ...(Object.keys(seen).length === 0 ? {} : { stat: seen as Partial<Stat> }),
    ...(Array.isArray(results)
      ? { results: (results as readonly Json[]).map((part) => znodeOutput(part, fail)) }
      : {}),
  };
}

function dataOf(data: Json | undefined, fail: Fail): Uint8Array | null {
  if (data === null) return null;
  if (data === undefined) return new Uint8Array(0);
  return typeof data === 'string' ? new TextEncoder().encode(data) : fail('data: expected a text or null');
}

function isObject(json: Json | undefined): json is JsonObject {
  return typeof json === 'object' && json !== null && !Array.isArray(json);
}

function oneOf<const N extends string>(json: JsonObject, member: string, names: readonly N[], fail: Fail): N {
  const value = json[member];
  const name = names.find((known) => known === value);
  if (name === undefined) {
    return fail(`${member} is ${JSON.stringify(value) ?? 'missing'}: expected ${names.join(', ')}`);
  }
  return name;
}

function textOf(json: JsonObject, member: string, fail: Fail): string {
  const value = json[member];
  return typeof value === 'string' ? value : fail(`${member}: expected a text`);
}

function scalarOf(json: JsonObject, member: string, fail: Fail): Value {
  const value = json[member];
  if (value === undefined || (typeof value === 'object' && value !== null)) {
    return fail(`${member}: expected a number, a text, true, false or null`);
  }
  return value as Value;
}

/** The line on which each element of the array `operations` begins; the text is JSON. */
function linesOfOperations(text: string): number[] {
  const lines: number[] = [];
  let line = 1;
  let depth = 0;
  /** Name of the top object's member that is being read. */
  let member = '';
  let expectsElement = false;
  for (let i = 0; i < text.length; i++) {
    const char = text[i]!;
    if (char === '\n') line++;
    if (/\s/.test(char)) continue;
    if (expectsElement && char !== ']') lines.push(line);
    expectsElement = false;
    if (char === '"') {
      const start = i + 1;
      for (i++; text[i] !== '"'; i++) if (text[i] === '\\') i++;
      if (depth === 1 && /^\s*:/.test(text.slice(i + 1, i + 100))) member = text.slice(start, i);
    } else if (char === '{' || char === '[') {
      depth++;
      expectsElement = char === '[' && depth === 2 && member === 'operations';
    } else if (char === '}' || char === ']') depth--;
    else if (char === ',') expectsElement = depth === 2 && member === 'operations';
  }
  return lines;
}
