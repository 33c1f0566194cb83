/** What somebody brings along: properties, variants, programs, workloads and scenarios of their own. */
import { defaultRules } from '../protocol/rules.ts';
import { Peer } from '../protocol/server/peer.ts';
import type { Catalog } from '../sim/catalog.ts';
import { OwnMonitor, type PropertyDefinition } from '../sim/check/own-property.ts';
import type { Property } from '../sim/check/property-monitor.ts';
import { type ProgramDefinition, programActor } from '../sim/clients/program.ts';
import { plan } from '../sim/fuzz/plan.ts';
import { addWorkloads, type WorkloadDefinition } from '../sim/fuzz/workload-definition.ts';
import { nearest } from '../sim/nearest.ts';
import {
  arrayOf,
  asObject,
  describe,
  field,
  flag,
  join,
  type Member,
  object,
  optional,
  recordOf,
  type Shape,
  text,
} from '../sim/shape.ts';
import { Simulation } from '../sim/simulation.ts';
import { RUN_FORMAT, type RunSpec } from '../sim/spec.ts';
import { SpecError } from '../sim/spec-error.ts';
import { parseRunSpec, predicate } from '../sim/validate.ts';
import type { Scenario } from './scenario.ts';
import type { Variant } from './variants/variant.ts';

/** The default export of a module for `--with`. Every member may be absent. */
export interface Extension {
  /** Checked in every run, as those that come along. Ids are like theirs: `ZAB-PREFIX`. */
  readonly properties?: readonly PropertyDefinition[];
  /** Deviations of the protocol, for `--variant` and the `variant` of a run. */
  readonly variants?: readonly Variant[];
  /** Client programs by name, for the `clients` of a run. */
  readonly programs?: Readonly<Record<string, ProgramDefinition>>;
  /** Clients that every run of a campaign (`fuzz`) gets. */
  readonly workloads?: readonly WorkloadDefinition[];
  /** Runs with a name and a story, for `run` and `list`. */
  readonly scenarios?: readonly Scenario[];
}

/** A catalog, with what it knows for those who list or look up. */
export interface FullCatalog extends Catalog {
  readonly properties: readonly Property[];
  readonly variants: Readonly<Record<string, Variant>>;
  readonly workloads: readonly WorkloadDefinition[];
  readonly scenarios: readonly Scenario[];
}

/** The extension itself: gives an editor the types, also in JavaScript. */
export function define(extension: Extension): Extension {
  return extension;
}

/**
 * The catalog and what an extension adds.
 * @throws SpecError with one line where a member is missing, mistyped or unusable, or where an id exists already
 * @throws CheckError where a monitor cannot be made
 */
export function extend(catalog: FullCatalog, extension: Extension): FullCatalog {
  EXTENSION(extension, ROOT);
  const { properties = [], variants = [], programs = {}, workloads = [], scenarios = [] } = extension;
  const actors = Object.fromEntries(
    Object.entries(programs).map(([name, definition]) => [name, programActor(definition)]),
  );
  unique('properties', properties, [...RESERVED, ...catalog.properties.map(({ id }) => id)]);
  unique('variants', variants, Object.keys(catalog.variants));
  unique('workloads', workloads, idsOf(catalog.workloads));
  unique('scenarios', scenarios, idsOf(catalog.scenarios));
  for (const name of Object.keys(programs))
    if (Object.hasOwn(catalog.programs, name)) throw taken(`${ROOT}.programs.${name}`, name);
  const own = Object.fromEntries(variants.map((variant) => [variant.id, variant]));
  const all: FullCatalog = {
    server: (host, id, config, variant) =>
      variant !== undefined && Object.hasOwn(own, variant.name)
        ? new Peer(host, id, config, own[variant.name]!.rules)
        : catalog.server(host, id, config, variant),
    programs: { ...catalog.programs, ...actors },
    // First, so that a run which breaks several is a finding of what somebody asked for.
    monitors: (context) => [
      ...properties.map((property) => new OwnMonitor(context, property)),
      ...catalog.monitors(context),
    ],
    ...(catalog.hasNode === undefined ? {} : { hasNode: catalog.hasNode }),
    properties: [...catalog.properties, ...properties],
    variants: { ...catalog.variants, ...own },
    workloads: [...catalog.workloads, ...workloads],
    scenarios: [...catalog.scenarios, ...scenarios],
  };
  const known = [...RESERVED, ...idsOf(all.properties)];
  variants.forEach(({ expects }, i) => {
    if (!known.includes(expects)) throw unknown(`${ROOT}.variants[${i}].expects`, expects, known);
  });
  // Building a run makes the monitors and resolves its programs and its variant.
  copyable(new Simulation(TRIAL, all));
  workloads.forEach((workload, i) => {
    const run = addWorkloads(plan(i), [workload]);
    within(`${ROOT}.workloads[${i}]`, () => new Simulation(run, all));
  });
  scenarios.forEach(({ run }, i) => {
    within(`${ROOT}.scenarios[${i}].run`, () => new Simulation(run, all));
  });
  return all;
}

/** What messages call an extension. */
const ROOT = 'extension';

/** Ids of what runs are checked for besides the properties of a catalog. */
export const RESERVED: readonly string[] = ['NO-CRASH', 'NO-ENDLESS-LOOP', 'NO-CHECK-CRASH', 'DETERMINISM'];

const TRIAL: RunSpec = {
  format: RUN_FORMAT,
  seed: 0,
  ensemble: { participants: 3 },
  world: {},
  clients: [],
  faults: [],
  end: { at: 1 },
  expectations: [],
};

function idsOf(things: readonly { readonly id: string }[]): string[] {
  return things.map(({ id }) => id);
}

/** @throws SpecError where what a monitor remembers cannot be copied */
function copyable(simulation: Simulation): void {
  try {
    simulation.snapshot();
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    throw new SpecError(`${ROOT}.properties`, text, 'plain data in what they remember');
  }
}

/** @throws SpecError where an id is taken, or given twice */
function unique(list: string, things: readonly { readonly id: string }[], ids: readonly string[]): void {
  const seen = new Set(ids);
  things.forEach(({ id }, i) => {
    if (seen.has(id)) throw taken(`${ROOT}.${list}[${i}].id`, id);
    seen.add(id);
  });
}

function taken(path: string, id: string): SpecError {
  return new SpecError(path, `is "${id}", which exists already`, 'a name of its own');
}

function unknown(path: string, id: string, known: readonly string[]): SpecError {
  const meant = nearest(id, known);
  const hint = meant === null ? '' : ` (did you mean "${meant}"?)`;
  return new SpecError(path, `is ${describe(id)}${hint}`, known);
}

/** @throws SpecError as the call does, with the path put in front */
function within(path: string, call: () => void): void {
  try {
    call();
  } catch (error) {
    throw error instanceof SpecError ? error.below(path) : error;
  }
}

const name: Shape = (value, path) => {
  if (typeof value === 'string' && /^[A-Za-z0-9][A-Za-z0-9-]*$/.test(value)) return;
  throw new SpecError(path, `is ${describe(value)}`, 'letters, digits and dashes, as in "my-own"');
};

const callable: Shape = (value, path) => {
  if (typeof value !== 'function') throw new SpecError(path, `is ${describe(value)}`, 'a function');
};

/** The same members as the correct protocol's, of the same types; at a type there is no guessing what was meant. */
const rules: Shape = (value, path) => {
  const given = asObject(value, path);
  const parts: Readonly<Record<string, object>> = { ...defaultRules };
  sameMembers(given, parts, path);
  for (const [part, correct] of Object.entries(parts))
    sameMembers(asObject(given[part], join(path, part)), correct, join(path, part));
};

function sameMembers(given: Record<string, unknown>, correct: object, path: string): void {
  const names = Object.keys(correct);
  for (const member of Object.keys(given)) {
    if (names.includes(member)) continue;
    const meant = nearest(member, names);
    const hint = meant === null ? '' : ` (did you mean "${meant}"?)`;
    throw new SpecError(join(path, member), `is no rule${hint}`, names);
  }
  for (const [member, value] of Object.entries(correct)) {
    const found = given[member];
    if (found === undefined)
      throw new SpecError(join(path, member), 'is missing', 'all members; changed({ … }) adds the others');
    const list = Array.isArray(value);
    if (typeof found === typeof value && Array.isArray(found) === list) continue;
    throw new SpecError(join(path, member), `is ${describe(found)}`, list ? 'a list' : `a ${typeof value}`);
  }
}

const run: Shape = (value, path) => {
  within(path, () => parseRunSpec(value));
};

const members = recordOf(object({ shape: field(callable), required: field(flag) }));

/** One shape for each member of a type: the compiler asks for those that are added to it. */
type MembersOf<T> = Readonly<Record<keyof T, Member>>;

const PROPERTY: MembersOf<PropertyDefinition> = {
  id: field(name),
  title: field(text),
  statement: field(text),
  monitor: field(callable),
};

const VARIANT: MembersOf<Variant> = {
  id: field(name),
  title: field(text),
  source: field(text),
  expects: field(text),
  rules: field(rules),
};

const PROGRAM: MembersOf<ProgramDefinition> = { members: field(members), make: field(callable) };

const WORKLOAD: MembersOf<WorkloadDefinition> = {
  id: field(name),
  title: field(text),
  clients: field(callable),
};

const SCENARIO: MembersOf<Scenario> = {
  id: field(name),
  title: field(text),
  story: field(text),
  system: optional(object({ name: field(text), same: field(text) })),
  run: field(run),
  narration: field(arrayOf(object({ when: field(predicate), text: field(text) }))),
};

const programs = recordOf(object(PROGRAM), (key, path) => name(key, join(path, key)));

const EXTENSION: Shape = object({
  properties: optional(arrayOf(object(PROPERTY))),
  variants: optional(arrayOf(object(VARIANT))),
  programs: optional(programs),
  workloads: optional(arrayOf(object(WORKLOAD))),
  scenarios: optional(arrayOf(object(SCENARIO))),
} satisfies MembersOf<Extension>);
