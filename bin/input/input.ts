/** What the user typed or wrote into a file: checked here, and answered with one line where it is wrong. */
import { availableParallelism } from 'node:os';
import { RESERVED } from '../../scenarios/extension.ts';
import { fullCatalog } from '../../scenarios/full-catalog.ts';
import type { FullCatalog, Narration } from '../../scenarios/index.ts';
import { type Finding, parseFinding } from '../../sim/fuzz/finding.ts';
import { Simulation } from '../../sim/simulation.ts';
import type { RunSpec } from '../../sim/spec.ts';
import { SpecError } from '../../sim/spec-error.ts';
import { parseRunSpec } from '../../sim/validate.ts';
import { InputError } from './input-error.ts';
import { jsonSyntaxError } from './json-syntax.ts';
import { nearest } from './nearest.ts';
import { readText } from './read-file.ts';

export { InputError };

/** A range of seeds, both ends included. */
export interface SeedRange {
  readonly first: number;
  readonly last: number;
}

/** Largest seed of the command line. */
export const MAX_SEED = Number.MAX_SAFE_INTEGER;
const MAX_RUNS = 10_000_000;
const MAX_JOBS = 512;
const MAX_ROUNDS = 1000;
const MAX_SHARDS = 10_000;
/** More names than these are not listed in a message. */
const MOST_NAMES = 20;

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

/** A number of something, from 1. @throws InputError unless it is one */
function parseCount(option: string, text: string, what: string, most: number, example: number): number {
  const count = wholeNumber(text);
  if (count === null || count < 1 || count > most)
    throw new InputError(
      `${option} is '${text}': give a number of ${what} from 1 to ${most}, as in ${option} ${example}`,
    );
  return count;
}

/** @throws InputError unless it is a whole number from 1 to 512. */
export function parseJobs(text: string): number {
  return parseCount('--jobs', text, 'workers', MAX_JOBS, 4);
}

/** @throws InputError unless it is a whole number from 1 to 1000 */
export function parseRounds(text: string): number {
  return parseCount('--rounds', text, 'rounds', MAX_ROUNDS, 5);
}

/** @throws InputError unless it is a whole number from 1 to ten million */
export function parseRuns(text: string, option = '--runs'): number {
  return parseCount(option, text, 'runs', MAX_RUNS, 1000);
}

/** @throws InputError unless it is a port, or 0 for any that is free */
export function parsePort(text: string): number {
  const port = wholeNumber(text);
  if (port === null || port > 65_535)
    throw new InputError(`--port is '${text}': give a number from 0 to 65535, as in --port 4180`);
  return port;
}

/** A part of a campaign: shard `index` of `count`, from 1. */
export interface Shard {
  readonly index: number;
  readonly count: number;
}

/** Reads `2/8`. @throws InputError on anything else */
export function parseShard(text: string): Shard {
  const [index, count, ...rest] = text.split('/').map(wholeNumber);
  if (index == null || count == null || rest.length > 0 || index < 1 || count < index || count > MAX_SHARDS)
    throw new InputError(
      `--shard is '${text}': give which of how many, from 1/${MAX_SHARDS} on, as in --shard 2/8`,
    );
  return { index, count };
}

const DURATION_MS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };

/** Reads `500ms`, `60s`, `5m`, `1.5h` as ms. @throws InputError on anything else */
export function parseDuration(option: string, text: string): number {
  const [, number, unit] = /^(\d{1,9}(?:\.\d{1,3})?)(ms|s|m|h)$/.exec(text) ?? [];
  if (number === undefined || unit === undefined)
    throw new InputError(
      `${option} is '${text}': give a number with its unit, ms, s, m or h, as in ${option} 60s`,
    );
  return Number(number) * DURATION_MS[unit]!;
}

/** Reads a share from 0 to 1. @throws InputError on anything else */
export function parseRatio(option: string, text: string): number {
  const ratio = /^(0|1|0?\.\d+|[01]\.\d+)$/.test(text) ? Number(text) : Number.NaN;
  if (!(ratio >= 0 && ratio <= 1))
    throw new InputError(`${option} is '${text}': give a share from 0 to 1, as in ${option} 0.05`);
  return ratio;
}

/** One of some names. @throws InputError on any other, with the nearest */
export function parseName(option: string, text: string, names: readonly string[], list?: string): string {
  if (names.includes(text)) return text;
  const meant = nearest(text, names);
  const hint =
    meant === undefined
      ? names.length > MOST_NAMES
        ? list === undefined
          ? ''
          : `: '${list}' lists all`
        : `: give one of ${names.join(', ')}`
      : `: did you mean '${meant}'?`;
  throw new InputError(`${option} is '${text}', which there is not${hint}`);
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
export function findSubject(name: string, catalog: FullCatalog = fullCatalog): Subject {
  if (/\.json$|[/\\]/.test(name)) {
    const run = readRunFile(name, catalog);
    return { name, title: run.title ?? '', story: '', run, narration: [] };
  }
  const { scenarios } = catalog;
  const scenario = scenarios.find(({ id }) => id === name);
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

/** What the format of a finding begins with, in any version. */
const FINDING = 'zab-lab/finding';

/** What a JSON file holds. @throws InputError where it is missing, unreadable or not JSON */
export function readJson(path: string): unknown {
  const text = readText(path);
  const syntax = jsonSyntaxError(text);
  if (syntax !== null)
    throw new InputError(
      `${path} is not JSON: line ${syntax.line}, column ${syntax.column}: expected ${syntax.expected}`,
    );
  return JSON.parse(text);
}

/** Does something with what a file holds. @throws InputError, with the file's name, for what it finds wrong with it */
export function checking<T>(path: string, check: () => T): T {
  try {
    return check();
  } catch (error) {
    if (error instanceof SpecError || error instanceof InputError)
      throw new InputError(`${path}: ${error.message}`);
    throw error;
  }
}

/**
 * The run of a run file or of a finding.
 * @throws InputError where the file is missing, unreadable, not JSON or not a valid run
 */
export function readRunFile(path: string, catalog: FullCatalog = fullCatalog): RunSpec {
  const { run } = readFinding(path, catalog);
  return run;
}

/** A finding's file; of a run file only its run. @throws InputError as {@link readRunFile} */
export function readFinding(
  path: string,
  catalog: FullCatalog = fullCatalog,
): { readonly run: RunSpec; readonly finding: Finding | null } {
  const json = readJson(path);
  return checking(path, () => {
    const format = typeof json === 'object' && json !== null && 'format' in json ? json.format : undefined;
    // A run's own message says what it should be.
    const finding = typeof format === 'string' && format.startsWith(FINDING) ? parseFinding(json) : null;
    const run = finding?.run ?? parseRunSpec(json);
    if (finding === null) new Simulation(run, catalog);
    else known(finding, catalog);
    return { run, finding };
  });
}

/** @throws InputError where the catalog lacks something that a finding names, with the modules it was made with */
function known({ run, failure, with: modules = [] }: Finding, catalog: FullCatalog): void {
  const hint =
    modules.length === 0
      ? ''
      : `; it was found with ${modules.map(({ file }) => `--with ${file}`).join(' ')}`;
  const { property } = failure;
  const checked = [...RESERVED, ...catalog.properties.map(({ id }) => id)];
  if (!checked.includes(property))
    throw new InputError(`failure.property: "${property}" is not checked here${hint}`);
  try {
    // Building it resolves its programs and its variant in the catalog.
    new Simulation(run, catalog);
  } catch (error) {
    throw error instanceof SpecError ? new InputError(`${error.message}${hint}`) : error;
  }
}
