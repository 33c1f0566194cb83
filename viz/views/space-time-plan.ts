/** Where everything in the space-time diagram is. Pure geometry, px. */
import type { Family } from '../model/frame.ts';
import type { Fate } from '../model/losses.ts';
import type { Being, Cut, Stretch, StretchEvent } from '../model/stretch.ts';
import { briefly } from './format.ts';
import { type Box, overlap } from './layout.ts';
import { textWidth } from './text-width.ts';

/** What is in sight: events, or virtual ms. */
export interface TimeWindow {
  readonly by: 'event' | 'time';
  readonly from: number;
  readonly to: number;
}

export interface SpaceTimeScene {
  readonly stretch: Stretch;
  readonly window: TimeWindow;
  /** Where one stands. */
  readonly event: number;
  readonly width: number;
  readonly height: number;
  /** Machines without a lane. */
  readonly hidden: ReadonlySet<number>;
  /** Messages that have no arrow; a stroke on the lane marks where they came. */
  readonly collapsed: ReadonlySet<Family>;
  /** The event whose past and future are picked out; 0: none. */
  readonly hovered: number;
}

export interface Lane {
  readonly machine: number;
  readonly y: number;
  readonly name: string;
}

export interface Arrow {
  /** At which it ends: where it is heard, or lost. */
  readonly event: number;
  readonly sent: number;
  readonly family: Family;
  readonly text: string;
  readonly from: number;
  readonly to: number;
  readonly x1: number;
  readonly y1: number;
  readonly x2: number;
  readonly y2: number;
  /** Null: it is heard. */
  readonly fate: Fate | null;
}

export interface Dot {
  readonly event: number;
  readonly x: number;
  readonly y: number;
  /** What is told of it; `plain`: nothing that is worth a mark; `stroke`: a message that has no arrow. */
  readonly tone: string;
}

export interface Bar {
  readonly machine: number;
  readonly being: Being;
  readonly from: number;
  readonly x1: number;
  readonly x2: number;
  readonly y: number;
}

export interface Shade extends Cut {
  readonly x1: number;
  readonly x2: number;
}

export interface Label {
  readonly key: string;
  readonly x: number;
  readonly y: number;
  readonly text: string;
  readonly kind: string;
}

export interface Tick {
  readonly x: number;
  readonly text: string;
  /** Virtual time, where the axis counts events. */
  readonly below: string;
}

export interface Plan {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
  readonly height: number;
  readonly lanes: readonly Lane[];
  readonly bars: readonly Bar[];
  readonly shades: readonly Shade[];
  readonly arrows: readonly Arrow[];
  readonly dots: readonly Dot[];
  readonly labels: readonly Label[];
  readonly ticks: readonly Tick[];
  /** Place of an event on the axis. */
  readonly x: (event: number) => number;
  readonly laneOf: (machine: number) => number | undefined;
}

const RIGHT = 14;
const TOP = 38;
const BELOW = 34;
/** Of a large place a lane gets a larger share. */
const TALLEST_LANE = 92;
const LARGEST_SHARE = 1 / 9;
const LOWEST_LANE = 20;
/** Narrower than this, names are short. */
const NARROW = 520;
/** Of labels, px. */
const FONT = 10.5;
/** Of more arrows than these none is labelled. */
const MOST_LABELLED = 70;

const FIRST_CLIENT = 1000;
export const machineName = (id: number): string =>
  id === 0 ? 'the world' : id > FIRST_CLIENT ? `client ${id - FIRST_CLIENT}` : `server ${id}`;
const shortName = (id: number): string => (id > FIRST_CLIENT ? `c${id - FIRST_CLIENT}` : `${id}`);

const LETTERS: Readonly<Record<Being, string>> = {
  LEADING: 'L',
  FOLLOWING: 'F',
  OBSERVING: 'O',
  LOOKING: '?',
  paused: 'paused',
  down: 'down',
  client: '',
};

/** Where a cut-off arrow ends, as a share of its way. */
const ENDS: Readonly<Record<Fate, number>> = {
  dropped: 0.5,
  unheard: 0.88,
  vanished: 0.88,
  silenced: 0.3,
  held: 0.3,
  travelling: 1,
};

function axisOf({ stretch, window }: SpaceTimeScene, left: number, right: number) {
  const unit = (right - left) / (window.to - window.from);
  const scale = (value: number): number => left + (value - window.from) * unit;
  const { events, start } = stretch;
  const timeOf = (event: number): number => {
    const i = event - stretch.first;
    return i < 0 ? start : (events[Math.min(i, events.length - 1)]?.time ?? start);
  };
  const x = (event: number): number => scale(window.by === 'event' ? event : timeOf(event));
  return { scale, timeOf, x };
}

/** Round numbers within a window, at most about as many as wished. */
function readings({ by, from, to }: TimeWindow, wished: number): number[] {
  const least = (to - from) / wished;
  const power = 10 ** Math.floor(Math.log10(least));
  const step = [1, 2, 5, 10].map((digit) => digit * power).find((one) => one >= least)!;
  const whole = by === 'event' ? Math.max(1, step) : step;
  const first = Math.ceil(Math.max(0, from) / whole);
  return Array.from(
    { length: Math.max(0, Math.floor(to / whole) - first + 1) },
    (_, i) => (first + i) * whole,
  );
}

function ticksOf(scene: SpaceTimeScene, left: number, right: number): Tick[] {
  const { scale, timeOf } = axisOf(scene, left, right);
  const { window, stretch } = scene;
  const wished = Math.max(2, Math.floor((right - left) / 110));
  const found: Tick[] = [];
  let free = Number.NEGATIVE_INFINITY;
  for (const value of readings(window, wished)) {
    const text =
      window.by === 'event'
        ? value.toLocaleString('en')
        : `${value.toLocaleString('en', { maximumFractionDigits: 3 })} ms`;
    const known = value >= stretch.first - 1 && value <= stretch.last;
    const below =
      window.by === 'event' && known
        ? `${timeOf(value).toLocaleString('en', { minimumFractionDigits: 1, maximumFractionDigits: 1 })} ms`
        : '';
    const half = Math.max(textWidth(text, 11), textWidth(below, 10)) / 2;
    const x = scale(value);
    if (x - half < Math.max(free, left - 10) || x + half > right + RIGHT) continue;
    free = x + half + 8;
    found.push({ x, text, below });
  }
  return found;
}

/** Messages that have an arrow, heard or not, as far as they are in sight. */
function arrowsOf(
  { stretch, collapsed }: SpaceTimeScene,
  { x, laneOf, left, right }: Pick<Plan, 'x' | 'laneOf' | 'left' | 'right'>,
): Arrow[] {
  const found: Arrow[] = [];
  const add = (
    one: Pick<Arrow, 'event' | 'sent' | 'family' | 'text' | 'from' | 'to' | 'fate'>,
    far: number,
    share: number,
  ): void => {
    const [y1, y2] = [laneOf(one.from), laneOf(one.to)];
    if (y1 === undefined || y2 === undefined || collapsed.has(one.family)) return;
    const x1 = x(one.sent);
    const end = x1 + (far - x1) * share;
    if (end < left || x1 > right) return;
    found.push({ ...one, x1, y1, x2: end, y2: y1 + (y2 - y1) * share });
  };
  for (const { event, cause: sent, family, text, from, owner: to, unheard } of stretch.events) {
    if (from > 0 && family !== null && !unheard)
      add({ event, sent, family, text, from, to, fate: null }, x(event), 1);
  }
  for (const loss of stretch.losses) {
    // Where nothing tells how long it would have taken, its slope is that of a short way.
    const far = Math.max(x(loss.event), x(loss.sent) + 26);
    add(loss, loss.fate === 'travelling' ? Math.max(far, right + 40) : far, ENDS[loss.fate]);
  }
  return found;
}

function dotsOf(
  { stretch, collapsed }: SpaceTimeScene,
  plan: Pick<Plan, 'x' | 'laneOf' | 'left' | 'right'>,
): Dot[] {
  const found: Dot[] = [];
  for (const { event, owner, from, family, told } of stretch.events) {
    const x = plan.x(event);
    if (x < plan.left - 6 || x > plan.right + 6) continue;
    const y = owner === 0 ? TOP - 24 : plan.laneOf(owner);
    if (y === undefined) continue;
    const small = from > 0 && family !== null && collapsed.has(family) ? 'stroke' : 'plain';
    found.push({ event, x, y, tone: told.at(-1)?.tone ?? small });
  }
  return found;
}

/** Labels that cover neither each other nor the lanes; what matters more goes first. */
function labelsOf(
  scene: SpaceTimeScene,
  plan: Pick<Plan, 'left' | 'right' | 'bottom' | 'arrows' | 'dots' | 'bars' | 'shades' | 'lanes'>,
): Label[] {
  const labels: Label[] = [];
  const taken: Box[] = plan.lanes.map(({ y }) => ({ left: 0, right: plan.right, top: y - 3, bottom: y + 3 }));
  // What stands beside the lanes, and where one stands.
  for (const { x, y, tone } of plan.dots)
    if (tone !== 'plain' && tone !== 'stroke')
      taken.push({ left: x - 5, right: x + 5, top: y - 5, bottom: y + 5 });
  const place = (key: string, kind: string, text: string, x: number, y: number): boolean => {
    const width = textWidth(text, FONT);
    const box = { left: x, right: x + width, top: y - 9, bottom: y + 3 };
    if (
      box.left < plan.left ||
      box.right > plan.right + RIGHT ||
      taken.some((other) => overlap(box, other, 1))
    )
      return false;
    taken.push(box);
    labels.push({ key, kind, text, x, y });
    return true;
  };
  for (const { text, from, x1, x2 } of plan.shades) {
    const start = Math.max(x1, plan.left) + 3;
    if (start + textWidth(text, FONT) <= x2) place(`cut ${from}`, 'cut', text, start, TOP - 6);
  }
  for (const { machine, being, from, x1, x2, y } of plan.bars) {
    const text = LETTERS[being];
    const start = Math.max(x1, plan.left) + 2;
    const last = Math.min(x2, plan.right, start + 120) - textWidth(text, FONT) - 4;
    if (text === '') continue;
    for (let at = start; at <= last; at += 12)
      if (place(`bar ${machine}:${from}`, 'being', text, at, y - 7)) break;
  }
  const here = new Map(scene.stretch.events.map((one) => [one.event, one]));
  const told = plan.dots.filter(({ tone }) => tone === 'fault' || tone === 'repair' || tone === 'service');
  if (told.length <= MOST_LABELLED)
    for (const { event, x, y, tone } of told) {
      const text = briefly(here.get(event)?.told.at(-1)?.text ?? '');
      if (!place(`told ${event}`, tone, text, x + 7, y - 6))
        place(`told ${event}`, tone, text, x + 7, y + 15);
    }
  if (plan.arrows.length > MOST_LABELLED) return labels;
  for (const { event, family, text, x1, y1, x2, y2, fate } of plan.arrows) {
    const brief = briefly(fate === null ? (/^gets (.*) from \S+ \d+$/.exec(text)?.[1] ?? text) : text);
    for (const share of [0.5, 0.35, 0.65]) {
      const [x, y] = [x1 + (x2 - x1) * share, y1 + (y2 - y1) * share];
      if (place(`arrow ${event}:${brief}:${x1}`, family, brief, x + 5, y + 4)) break;
    }
  }
  return labels;
}

export function planOf(scene: SpaceTimeScene): Plan {
  const { stretch, width, height, hidden } = scene;
  const shown = stretch.machines.filter((machine) => !hidden.has(machine));
  const narrow = width < NARROW;
  const left = narrow ? 30 : 74;
  const right = Math.max(left + 10, width - RIGHT);
  const room = (height - TOP - BELOW) / Math.max(1, shown.length);
  const lane = Math.min(Math.max(TALLEST_LANE, height * LARGEST_SHARE), Math.max(LOWEST_LANE, room));
  const bottom = TOP + lane * shown.length;
  const ys = new Map(shown.map((machine, i) => [machine, TOP + lane * (i + 0.5)]));
  const laneOf = (machine: number): number | undefined => ys.get(machine);
  const { x } = axisOf(scene, left, right);
  const frame = { left, right, x, laneOf };
  const inSight = (from: number, to: number): boolean => x(to) >= left && x(from) <= right;
  const bars = stretch.spans.flatMap(({ machine, being, from, to }): Bar[] => {
    const y = laneOf(machine);
    if (y === undefined || !inSight(from, to)) return [];
    return [{ machine, being, from, x1: x(from), x2: x(to), y }];
  });
  const shades = stretch.cuts
    .filter(({ from, to }) => inSight(from, to))
    .map((cut) => ({ ...cut, x1: x(cut.from), x2: Math.max(x(cut.to), x(cut.from) + 2) }));
  const lanes = shown.map((machine) => ({
    machine,
    y: laneOf(machine)!,
    name: narrow ? shortName(machine) : machineName(machine),
  }));
  const arrows = arrowsOf(scene, frame);
  const dots = dotsOf(scene, frame);
  const plan = { ...frame, top: TOP, bottom, lanes, bars, shades, arrows, dots };
  return {
    ...plan,
    height: Math.max(height, bottom + BELOW),
    labels: labelsOf(scene, plan),
    ticks: ticksOf(scene, left, right),
  };
}

/** The event that is at a place, within so many px: dots before arrows; 0: none. */
export function eventAt({ arrows, dots }: Plan, x: number, y: number, reach = 9): number {
  let best = reach;
  let found = 0;
  for (const dot of dots) {
    const distance = Math.hypot(dot.x - x, dot.y - y);
    if (distance < best) {
      best = distance;
      found = dot.event;
    }
  }
  if (found > 0 && best < 5) return found;
  for (const { x1, y1, x2, y2, event, sent, fate } of arrows) {
    const length = (x2 - x1) ** 2 + (y2 - y1) ** 2;
    const share = length === 0 ? 0 : ((x - x1) * (x2 - x1) + (y - y1) * (y2 - y1)) / length;
    const along = Math.min(1, Math.max(0, share));
    const distance = Math.hypot(x1 + along * (x2 - x1) - x, y1 + along * (y2 - y1) - y);
    if (distance < best) {
      best = distance;
      // Of one that is still under way, there is only the event that sent it.
      found = fate === 'held' || fate === 'travelling' ? sent : event;
    }
  }
  return found;
}

/** The nearest event on a lane before or after another one; null: none. */
export function neighbour(
  plan: Plan,
  events: readonly StretchEvent[],
  event: number,
  by: -1 | 1,
): number | null {
  const first = events[0]?.event ?? 0;
  const owner = events[event - first]?.owner;
  for (let i = event - first + by; i >= 0 && i < events.length; i += by)
    if (events[i]!.owner === owner && (owner === 0 || plan.laneOf(owner!) !== undefined))
      return events[i]!.event;
  return null;
}

/** The event of the lane above or below that is nearest in place; null: none. */
export function across(plan: Plan, event: number, by: -1 | 1): number | null {
  const here = plan.dots.find((dot) => dot.event === event);
  if (here === undefined) return null;
  const ys = [...new Set(plan.dots.map(({ y }) => y))].sort((a, b) => a - b);
  const y = ys[ys.indexOf(here.y) + by];
  let found: Dot | null = null;
  for (const dot of plan.dots)
    if (dot.y === y && (found === null || Math.abs(dot.x - here.x) < Math.abs(found.x - here.x))) found = dot;
  return found?.event ?? null;
}
