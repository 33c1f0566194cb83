/** What the user typed or wrote into a file: checked here, and answered with one line where it is wrong. */
import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { catalog, findScenario, type Narration, scenarios } from '../scenarios/index.ts';
import { Simulation } from '../sim/simulation.ts';
import type { RunSpec } from '../sim/spec.ts';
import { SpecError } from '../sim/spec-error.ts';
import { parseRunSpec } from '../sim/validate.ts';
import { jsonSyntaxError } from './json-syntax.ts';
import { nearest } from './nearest.ts';

/** Bad input: its message is all the user needs to see. Exit code 2. */
export class InputError extends Error {}

/** A range of seeds, both ends included. */
export interface SeedRange {
  readonly first: number;
  readonly last: number;
}

/** Largest seed of the command line. */
export const MAX_SEED = Number.MAX_SAFE_INTEGER;
const MAX_RUNS = 10_000_000;
const MAX_JOBS = 512;

function wholeNumber(text: string): number | null {
  if (!/^\d{1,16}$/.test(text)) return null;
  const value = Number(text);
  return value <= MAX_SEED ? value : null;
}

/** @throws InputError unless it is a whole number from 0. */
export function parseSeed(text: string): number {
  const seed = wholeNumber(text);
  if (seed === null)
    throw new InputError(`--seed is '${text}': give a whole number from 0 to ${MAX_SEED}, as in --seed 7`);
  return seed;
}

/** Reads `7` or `1-200`. @throws InputError on anything else, a range that falls or one of over ten million seeds. */
export function parseSeeds(text: string): SeedRange {
  const parts = text.split('-');
  const first = wholeNumber(parts[0] ?? '');
  const last = parts.length === 1 ? first : wholeNumber(parts[1] ?? '');
  if (parts.length > 2 || first === null || last === null)
    throw new InputError(
      `--seeds is '${text}': give two whole numbers joined by a dash, as in --seeds 1-200`,
    );
  if (last < first)
    throw new InputError(
      `--seeds is '${text}': the first seed is the larger one; write --seeds ${last}-${first}`,
    );
  if (last - first >= MAX_RUNS)
    throw new InputError(`--seeds is '${text}': that is more than ${MAX_RUNS} runs; give a shorter range`);
  return { first, last };
}

/** @throws InputError unless it is a whole number from 1 to 512. */
export function parseJobs(text: string): number {
  const jobs = wholeNumber(text);
  if (jobs === null || jobs < 1 || jobs > MAX_JOBS)
    throw new InputError(
      `--jobs is '${text}': give a number of workers from 1 to ${MAX_JOBS}, as in --jobs 4`,
    );
  return jobs;
}

/** Workers where `--jobs` is not given: the cores. */
export function defaultJobs(): number {
  return Math.min(MAX_JOBS, availableParallelism());
}

/** What `run` shall run. */
export interface Subject {
  /** A scenario's id, or the file as it was given. */
  readonly name: string;
  readonly title: string;
  /** Empty for a file. */
  readonly story: string;
  readonly run: RunSpec;
  readonly narration: readonly Narration[];
}

/**
 * Finds the scenario of that id, or reads the run file at that path (anything with a slash or ending in `.json`).
 * @throws InputError when there is no such scenario or the file is not a valid run.
 */
export function findSubject(name: string): Subject {
  if (/\.json$|[/\\]/.test(name)) {
    const run = readRunFile(name);
    return { name, title: run.title ?? '', story: '', run, narration: [] };
  }
  const scenario = findScenario(name);
  if (scenario !== undefined) {
    const { title, story, run, narration } = scenario;
    return { name, title, story, run, narration };
  }
  const meant = nearest(
    name,
    scenarios.map(({ id }) => id),
  );
  const hint = meant === undefined ? "see 'zab-lab list'" : `did you mean '${meant}'?`;
  throw new InputError(`there is no scenario '${name}': ${hint} (a run file's name ends in .json)`);
}

const READ_ERRORS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  EACCES: 'you may not read it',
  EPERM: 'you may not read it',
  EISDIR: 'it is a directory; give a file',
};

/** What to tell of a file that could not be read. */
export function readError(path: string, error: unknown): InputError {
  const { code, message } = error as NodeJS.ErrnoException;
  return new InputError(`cannot read ${path}: ${READ_ERRORS[code ?? ''] ?? message}`);
}

/** @throws InputError where the file is missing, unreadable, not JSON or not a valid run. */
export function readRunFile(path: string): RunSpec {
  let text: string;
  try {
    text = readFileSync(path, 'utf8').replace(/^\uFEFF/, '');
  } catch (error) {
    throw readError(path, error);
  }
  const syntax = jsonSyntaxError(text);
  if (syntax !== null)
    throw new InputError(
      `${path} is not JSON: line ${syntax.line}, column ${syntax.column}: expected ${syntax.expected}`,
    );
  try {
    const run = parseRunSpec(JSON.parse(text));
    // Building it resolves its programs and its variant in the catalog.
    new Simulation(run, catalog);
    return run;
  } catch (error) {
    if (error instanceof SpecError) throw new InputError(`${path}: ${error.message}`);
    throw error;
  }
}
