/**
 * Shrinking: from a run that breaks a property towards a small one that still does. A generator that yields candidates
 * and is told of each whether it fails; whoever drives it has the clock and decides when to stop.
 */
import type { Catalog } from '../catalog.ts';
import type { RunSpec } from '../spec.ts';
import { SpecError } from '../spec-error.ts';
import { AskedRecorder } from './asked.ts';
import type { Candidates, Judgement, Pass } from './candidates.ts';
import { execute, type Watching } from './execute.ts';
import { healsAsBefore } from './healing.ts';
import { fewerClients, simplerClients } from './shrink-clients.ts';
import { fewerFaults, simplerFaults } from './shrink-faults.ts';
import { fewerOperations } from './shrink-operations.ts';
import { fewerServers, simplerEnsemble, simplerWorld } from './shrink-world.ts';

const PASSES: readonly Pass[] = [
  fewerFaults,
  fewerClients,
  fewerServers,
  simplerClients,
  fewerOperations,
  simplerWorld,
  simplerEnsemble,
  simplerFaults,
];

/**
 * The candidates for a run that breaks `property` at `ms`, the promising ones first; ends when a round through all passes
 * brings nothing. Of a property of liveness, what mends the faults stays: without it anything would fail.
 */
export function* shrink(spec: RunSpec, property: string, ms: number): Candidates {
  const live = property.startsWith('LIVE-');
  let best = spec;
  let failedAt = ms;
  for (;;) {
    const before = best;
    best = yield* earlierEnd(best, live, failedAt);
    for (const pass of PASSES) best = yield* live ? healed(spec, pass(best)) : pass(best);
    if (best === before) return best;
    // What is simpler may fail sooner.
    failedAt = (yield best)?.ms ?? failedAt;
  }
}

/** Hands on the candidates that heal as the run they come from does; the others are judged here. */
function* healed(origin: RunSpec, candidates: Candidates): Candidates {
  let next = candidates.next();
  while (next.done !== true)
    next = candidates.next(healsAsBefore(origin, next.value) ? yield next.value : null);
  return next.value;
}

/** Ends the run right behind the failure, or has it heal earlier. */
function* earlierEnd(spec: RunSpec, live: boolean, failedAt: number): Candidates {
  let best = spec;
  let ms = failedAt;
  for (const candidate of live ? livelyEnds(best, ms) : safeEnds(best, ms)) {
    const judged = yield candidate;
    if (judged === null) continue;
    best = candidate;
    ms = judged.ms;
    break;
  }
  // A phase under faults half as long.
  for (let healedAt = best.end.healedAt ?? 0; live && healedAt > 400; ) {
    healedAt = Math.round(healedAt / 2);
    const candidate = healing(best, healedAt);
    if ((yield candidate) === null) break;
    best = candidate;
  }
  return best;
}

function safeEnds(spec: RunSpec, ms: number): RunSpec[] {
  const { healedAt, ...end } = spec.end;
  const at = Math.ceil(ms) + 1;
  const ends: RunSpec[] = [];
  if (at < end.at) {
    if (healedAt !== undefined) ends.push({ ...spec, end: { ...end, at } });
    ends.push({ ...spec, end: { ...spec.end, at } });
  }
  if (healedAt !== undefined) ends.push({ ...spec, end });
  return ends;
}

function livelyEnds(spec: RunSpec, ms: number): RunSpec[] {
  const at = Math.ceil(ms) + 1;
  return at < spec.end.at ? [{ ...spec, end: { ...spec.end, at } }] : [];
}

/** The run with its healing moved forward, and with it all that follows. */
function healing(spec: RunSpec, healedAt: number): RunSpec {
  const old = spec.end.healedAt!;
  const faults = spec.faults
    .filter(({ at }) => at === undefined || at < healedAt || at >= old)
    .map((fault) =>
      fault.at !== undefined && fault.at >= old ? { ...fault, at: fault.at - old + healedAt } : fault,
    );
  return { ...spec, faults, end: { ...spec.end, healedAt, at: spec.end.at - old + healedAt } };
}

/**
 * Judges a candidate: whether it breaks the property, and that a variant is to blame for it where the run has one, as the
 * correct protocol must hold on the same run.
 */
export function judge(spec: RunSpec, catalog: Catalog, property: string, watching: Watching = {}): Judgement {
  try {
    const recorder = new AskedRecorder();
    const { failures } = execute(spec, catalog, { ...watching, listener: recorder, until: property });
    const failure = failures.find((one) => one.property === property);
    if (failure === undefined) return null;
    const broken = { ms: failure.ms, asked: recorder.asked };
    if (spec.variant === undefined) return broken;
    const { variant: _variant, ...correct } = spec;
    return execute(correct, catalog, watching).failures.length === 0 ? broken : null;
  } catch (error) {
    // A simplification can go too far, such as a program without what it needs.
    if (error instanceof SpecError) return null;
    throw error;
  }
}
