/** A random workload as a script of what it asked for, and then fewer and fewer steps of it. */
import type { ClientSpec, Json, RunSpec } from '../spec.ts';
import type { Step } from './asked.ts';
import type { Candidates } from './candidates.ts';
import { changes, fewer } from './shrink-list.ts';

type Params = { readonly [name: string]: Json };

const RANDOM: readonly string[] = ['mix', 'service'];
/** What a script takes over of a workload's parameters. */
const COMMON: readonly string[] = ['sessionTimeout', 'readOnly', 'reconnectDelay'];

/** Each client in turn. */
export function* fewerOperations(spec: RunSpec): Candidates {
  let best = spec;
  for (let place = 0; place < best.clients.length; place++) {
    best = yield* scripted(best, place);
    best = yield* fewer(
      best,
      (run) => stepsOf(run, place).length,
      (run, from, to) =>
        withSteps(run, place, [...stepsOf(run, place).slice(0, from), ...stepsOf(run, place).slice(to)]),
    );
    best = yield* changes(
      best,
      stepsOf(best, place).map((_, i) => (run: RunSpec) => withoutTime(run, place, i)),
    );
  }
  return best;
}

/** The client's workload as a script. What it asks for is known once the run is made again. */
function* scripted(best: RunSpec, place: number): Candidates {
  const client = best.clients[place]!;
  if (!RANDOM.includes(client.program.name)) return best;
  const broken = yield best;
  const steps = (broken?.asked ?? []).filter((asked) => asked.client === place).map(({ step }) => step);
  if (steps.length === 0) return best;
  const params = paramsOf(client);
  const common = Object.fromEntries(
    COMMON.filter((name) => params[name] !== undefined).map((name) => [name, params[name]!]),
  );
  const script: ClientSpec = { ...client, program: { name: 'script', params: { ...common, steps } } };
  const candidate = { ...best, clients: best.clients.map((same, i) => (i === place ? script : same)) };
  return (yield candidate) === null ? best : candidate;
}

function stepsOf({ clients }: RunSpec, place: number): readonly Step[] {
  const client = clients[place]!;
  return client.program.name === 'script' ? (paramsOf(client).steps as readonly Step[]) : [];
}

function withSteps(run: RunSpec, place: number, steps: readonly Step[]): RunSpec {
  const clients = run.clients.map((client, i) =>
    i === place
      ? { ...client, program: { ...client.program, params: { ...paramsOf(client), steps } } }
      : client,
  );
  return { ...run, clients };
}

/** A step right after the one before it. */
function withoutTime(run: RunSpec, place: number, index: number): RunSpec | null {
  const steps = stepsOf(run, place);
  if (steps[index]?.at === undefined) return null;
  return withSteps(
    run,
    place,
    steps.map((step, i) => {
      if (i !== index) return step;
      const { at: _at, ...rest } = step;
      return rest;
    }),
  );
}

function paramsOf({ program: { params } }: ClientSpec): Params {
  return (params ?? {}) as Params;
}
