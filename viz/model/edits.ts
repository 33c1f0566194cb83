/** What somebody does to a run: faults added to it by hand, each after an event; and the branches that come of acting in the past. */
import type { Operation } from '../../sim/operation.ts';
import type { Fault, MessageName, RunSpec } from '../../sim/spec.ts';

type WithoutTrigger<F> = F extends unknown ? Omit<F, 'at' | 'when' | 'delay' | 'afterEvent'> : never;

/** A fault without the moment at which it strikes. */
export type Act = WithoutTrigger<Fault>;

/** An act and the event right after which it takes place. */
export type Edit = Act & { readonly afterEvent: number };

/** The run as it was opened, or a branch of it. */
export interface Line {
  /** From 0: the run as it was opened. */
  readonly id: number;
  /** `original`, `A`, `B`, … */
  readonly name: string;
  /** The line it branches off. */
  readonly parent: number;
  /** In order of their events. */
  readonly edits: readonly Edit[];
}

/** All lines, never empty, and the one that is looked at. */
export interface Lines {
  readonly lines: readonly Line[];
  readonly current: number;
  /** Lines ever made: the next one's id. */
  readonly made: number;
}

export const ORIGINAL: Line = { id: 0, name: 'original', parent: 0, edits: [] };
export const UNTOUCHED: Lines = { lines: [ORIGINAL], current: 0, made: 1 };

/** `A` … `Z`, `A2` … */
function nameOf(id: number): string {
  const letter = String.fromCharCode(65 + ((id - 1) % 26));
  return id <= 26 ? letter : `${letter}${Math.floor((id - 1) / 26) + 1}`;
}

export function currentLine({ lines, current }: Lines): Line {
  return lines.find((line) => line.id === current)!;
}

/**
 * Adds an act after event `event`: to the current line where nothing in it comes later, else to a new branch of it. The
 * original is never touched.
 */
export function act(lines: Lines, deed: Act, event: number): Lines {
  const line = currentLine(lines);
  const edit: Edit = { ...deed, afterEvent: Math.max(1, event) };
  const before = line.edits.filter(({ afterEvent }) => afterEvent <= edit.afterEvent);
  const edits = [...before, edit];
  if (line.id !== ORIGINAL.id && before.length === line.edits.length) {
    return { ...lines, lines: lines.lines.map((each) => (each === line ? { ...line, edits } : each)) };
  }
  const id = lines.made;
  const branch: Line = { id, name: nameOf(id), parent: line.id, edits };
  return { lines: [...lines.lines, branch], current: id, made: id + 1 };
}

/** Without edit number `index` of the current line; a branch without edits is none. */
export function remove(lines: Lines, index: number): Lines {
  const line = currentLine(lines);
  const edits = line.edits.filter((_, i) => i !== index);
  if (edits.length > 0)
    return { ...lines, lines: lines.lines.map((each) => (each === line ? { ...line, edits } : each)) };
  if (line.id === ORIGINAL.id) return lines;
  const rest = lines.lines.filter((each) => each !== line);
  const current = rest.some(({ id }) => id === line.parent) ? line.parent : ORIGINAL.id;
  return { ...lines, lines: rest, current };
}

/**
 * The run with the edits of a line. What its author expects of it holds no longer, nor does the promise that its faults
 * are over at a time.
 */
export function editedRun(run: RunSpec, edits: readonly Edit[]): RunSpec {
  if (edits.length === 0) return run;
  return {
    ...run,
    faults: [...run.faults, ...edits],
    end: { ...run.end, live: false },
    expectations: [],
  };
}

/** The first event that may differ between two lines; null where they have the same edits. */
export function parting(a: Line, b: Line): number | null {
  const [left, right] = [a.edits, b.edits];
  for (let i = 0; i < Math.max(left.length, right.length); i++) {
    const [x, y] = [left[i], right[i]];
    if (x === undefined) return y!.afterEvent;
    if (y === undefined) return x.afterEvent;
    if (JSON.stringify(x) !== JSON.stringify(y)) return Math.min(x.afterEvent, y.afterEvent);
  }
  return null;
}

const who = (target: unknown): string => (typeof target === 'number' ? `server ${target}` : String(target));

const messageText = ({ channel, ordinal }: MessageName): string => `message ${ordinal} of channel ${channel}`;

function operationText({ op, path, data, mode, version, ops }: Operation): string {
  const words = [
    op,
    mode,
    path,
    data === undefined ? undefined : `"${data}"`,
    version === undefined ? undefined : `at version ${version}`,
    ops?.map(operationText).join('; '),
  ];
  return words.filter((word) => word !== undefined).join(' ');
}

/** An edit in words. */
export function editText(deed: Act): string {
  switch (deed.kind) {
    case 'crash':
      return `kill ${who(deed.server)}`;
    case 'powerLoss':
      return `cut the power of ${deed.server === 'all' ? 'all servers' : who(deed.server)}`;
    case 'restart':
      return `start ${deed.server === 'all' ? 'all servers' : who(deed.server)}`;
    case 'pause':
      return `pause ${who(deed.server)} for ${deed.for} ms`;
    case 'isolate':
      return `isolate ${who(deed.server)}`;
    case 'cut':
      return `cut the link ${who(deed.from)} ${deed.both ? '↔' : '→'} ${who(deed.to)}`;
    case 'heal':
      return deed.speed ? 'heal all links, slow ones too' : 'heal all links';
    case 'drop':
      return `drop the next message between ${who(deed.from)} and ${who(deed.to)}`;
    case 'slow':
      return `slow ${who(deed.from)} → ${who(deed.to)} by ${deed.by} ms`;
    case 'diskStall':
      return `stall the disk of ${who(deed.server)} for ${deed.for} ms`;
    case 'diskFull':
      return `fill the disk of ${who(deed.server)}`;
    case 'diskFree':
      return `free the disk of ${who(deed.server)}`;
    case 'clientCrash':
      return `kill client ${deed.client}`;
    case 'clientRestart':
      return `start client ${deed.client}`;
    case 'clientPause':
      return `pause client ${deed.client} for ${deed.for} ms`;
    case 'clientDisconnect':
      return `reset the connections of client ${deed.client}`;
    case 'clientCut':
      return `cut client ${deed.client} off from ${deed.to === 'all' ? 'all servers' : who(deed.to)}`;
    case 'clientRequest': {
      const { watch } = deed.request;
      return `client ${deed.client}: ${operationText(deed.request)}${watch ? ', with a watch' : ''}`;
    }
    case 'messageDrop':
      return `drop ${messageText(deed.message)}`;
    case 'messageDelay':
      return `delay ${messageText(deed.message)} by ${deed.by} ms`;
    case 'messageDeliver':
      return `deliver ${messageText(deed.message)} now`;
    default:
      return deed.kind;
  }
}
