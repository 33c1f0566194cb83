/** What can be opened in the lab: a scenario, a run file, a finding of the fuzzer, a link. */
import type { FullCatalog, Narration } from '../../scenarios/index.ts';
import { FINDING_FORMAT, parseFinding } from '../../sim/fuzz/finding.ts';
import type { RunSpec } from '../../sim/spec.ts';
import { parseRunSpec } from '../../sim/validate.ts';
import type { Edit } from './edits.ts';
import type { Shared } from './share.ts';

/** A run to look at. */
export interface Opened {
  /** Without the edits made by hand. */
  readonly run: RunSpec;
  readonly edits: readonly Edit[];
  readonly title: string;
  /** For a person; empty where nobody wrote one. */
  readonly story: string;
  readonly narration: readonly Narration[];
  /** The scenario that it is or was made from; empty: none. */
  readonly scenario: string;
  /** Where to go at first. */
  readonly event: number;
  /** Go to where this property is violated first. */
  readonly property: string | null;
}

export function openScenario(catalog: FullCatalog, id: string): Opened {
  const scenario = catalog.scenarios.find((one) => one.id === id);
  if (scenario === undefined) throw new Error(`There is no scenario "${id}".`);
  const { run, title, story, narration } = scenario;
  return { run, edits: [], title, story, narration, scenario: id, event: 0, property: null };
}

/** Whether two runs differ in nothing but their seed. */
function alike({ seed: _a, ...left }: RunSpec, { seed: _b, ...right }: RunSpec): boolean {
  return JSON.stringify(left) === JSON.stringify(right);
}

/** A run without anything around it; the narration is the scenario's where it fits. */
export function openRun(catalog: FullCatalog, run: RunSpec, scenario = ''): Opened {
  const from = catalog.scenarios.find(({ id }) => id === scenario);
  return {
    run,
    edits: [],
    title: run.title ?? from?.title ?? 'A run',
    story: from?.story ?? '',
    narration: from !== undefined && alike(run, from.run) ? from.narration : [],
    scenario: from === undefined ? '' : scenario,
    event: 0,
    property: null,
  };
}

/** What a link holds. @throws SpecError where its run is none */
export function openShared(catalog: FullCatalog, { run: json, event, edits, scenario }: Shared): Opened {
  const whole = parseRunSpec(json);
  const { faults } = whole;
  const count = Math.min(edits, faults.length);
  const own = faults.slice(faults.length - count);
  const from = catalog.scenarios.find(({ id }) => id === scenario);
  if (count === 0 || own.some(({ afterEvent }) => afterEvent === undefined))
    return { ...openRun(catalog, whole, scenario), event };
  const { live: _, ...end } = whole.end;
  const run: RunSpec = {
    ...whole,
    faults: faults.slice(0, faults.length - count),
    end,
    expectations: from?.run.expectations ?? [],
  };
  return { ...openRun(catalog, run, scenario), edits: own as unknown as Edit[], event };
}

/**
 * A file's content: a run or a finding.
 * @throws Error with a sentence that says what is wrong
 */
export function openFile(catalog: FullCatalog, text: string): Opened {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw new Error('This file is no JSON: drop a run file or a finding of zab-lab fuzz.');
  }
  const format =
    typeof json === 'object' && json !== null ? (json as { format?: unknown }).format : undefined;
  if (format !== FINDING_FORMAT) return openRun(catalog, parseRunSpec(json));
  const { run, failure } = parseFinding(json);
  return {
    ...openRun(catalog, run),
    title: run.title ?? `A finding: ${failure.property}`,
    story: failure.text,
    property: failure.property,
  };
}
