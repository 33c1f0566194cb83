/** What is on its way in the cluster view: a glyph per message, or per bundle of the same kind that move as one. */
import type { MessageFrame } from '../model/frame.ts';
import { at, BEND, type Group, type OnSelect, type Scene, wayOf } from './cluster-scene.ts';
import { briefly } from './format.ts';
import { MESSAGES } from './glyphs.ts';
import type { LabelPlaces } from './label-places.ts';
import { along, type Layout, type Point } from './layout.ts';

/** Of more than these no text is written, only how many a bundle holds. */
const MOST_LABELS = 16;
/** Messages of a kind that are closer to each other than this are one bundle, units. */
const APART = 13;
/** What waits for a link stands so far from its beginning, as a share of the way. */
const HELD = 0.27;
const HELD_STEP = 0.07;

/** Messages that are drawn as one. */
export interface Bundle {
  /** The foremost first. */
  readonly messages: readonly MessageFrame[];
  readonly from: number;
  readonly to: number;
  readonly place: Point;
}

/** How far a message has come, 0 to 1. */
function shareOf({ sent, arrives }: MessageFrame, time: number): number {
  return arrives <= sent ? 1 : Math.min(1, Math.max(0, (time - sent) / (arrives - sent)));
}

/** Bundles of what is on its way, way by way. */
export function bundlesOf({ frame, time }: Pick<Scene, 'frame' | 'time'>, places: Layout): Bundle[] {
  const lanes = new Map<string, MessageFrame[]>();
  for (const message of frame.messages) {
    const { from, to, family, held } = message;
    const key = `${from}>${to} ${family} ${held}`;
    const lane = lanes.get(key);
    if (lane === undefined) lanes.set(key, [message]);
    else lane.push(message);
  }
  const bundles: Bundle[] = [];
  /** Kinds that wait at the same place stand behind each other. */
  const waiting = new Map<string, number>();
  for (const lane of lanes.values()) {
    const { from, to, held } = lane[0]!;
    const path = wayOf(places, from, to);
    if (path === null) continue;
    if (held) {
      const before = waiting.get(`${from}>${to}`) ?? 0;
      waiting.set(`${from}>${to}`, before + 1);
      bundles.push({ messages: lane, from, to, place: along(path, HELD + HELD_STEP * before) });
      continue;
    }
    const sorted = lane
      .map((message) => ({ message, share: shareOf(message, time) }))
      .sort((a, b) => b.share - a.share);
    const length = Math.max(1, Math.hypot(path.to.x - path.from.x, path.to.y - path.from.y));
    let group: MessageFrame[] = [];
    let foremost = 0;
    for (const { message, share } of sorted) {
      if (group.length > 0 && (foremost - share) * length < APART) {
        group.push(message);
        continue;
      }
      group = [message];
      foremost = share;
      bundles.push({ messages: group, from, to, place: along(path, share) });
    }
  }
  return bundles;
}

const isSpoken = ({ messages }: Bundle): boolean =>
  !messages[0]!.held && messages[0]!.family !== 'ping' && messages[0]!.family !== 'line';

export function messages(
  group: Group,
  places: Layout,
  scene: Scene,
  labels: LabelPlaces,
  onSelect: OnSelect,
): void {
  const { selected } = scene;
  const bundles = bundlesOf(scene, places);
  const isSelected = ({ messages: some }: Bundle): boolean =>
    selected?.kind === 'message' && some.some(({ id }) => id === selected.id);
  for (const { place } of bundles)
    labels.take({ left: place.x - 6, right: place.x + 6, top: place.y - 6, bottom: place.y + 6 });
  const few = bundles.filter(isSpoken).length <= MOST_LABELS;
  const one = group
    .selectAll<SVGGElement, Bundle>('g')
    .data(bundles, ({ messages: [foremost] }) => foremost!.id)
    .join((enter) => {
      const made = enter.append('g');
      made.append('circle').attr('r', 10);
      made.append('path');
      made.append('text').attr('aria-hidden', 'true');
      made.append('title');
      return made;
    })
    .attr('class', ({ messages: [foremost] }) => foremost!.family)
    .classed('held', ({ messages: [foremost] }) => foremost!.held)
    .classed('bundle', ({ messages: some }) => some.length > 1)
    .classed('selected', isSelected)
    .attr('transform', ({ place }) => at(place))
    .on('click', (_, { messages: [foremost] }) => onSelect({ kind: 'message', id: foremost!.id }));
  one.select('path').attr('d', ({ messages: [foremost] }) => MESSAGES[foremost!.family]);
  // What is picked is named first, then bundles, then the rest.
  const order = (bundle: Bundle): number => (isSelected(bundle) ? 0 : bundle.messages.length > 1 ? 1 : 2);
  const texts = one.select<SVGTextElement>('text').nodes();
  const ranked = bundles.map((bundle, i) => ({ bundle, text: texts[i]! }));
  ranked.sort((a, b) => order(a.bundle) - order(b.bundle));
  for (const { bundle, text } of ranked) {
    const { messages: some, place } = bundle;
    const count = some.length > 1 ? `${some.length}×` : '';
    const named = isSpoken(bundle) && (few || isSelected(bundle));
    const words = named ? [count, briefly(some[0]!.text)].filter((word) => word !== '').join(' ') : count;
    // Those that are held back are counted together.
    if (some[0]!.held || !labels.write(text, words, [place], place))
      labels.write(text, some[0]!.held ? '' : count, [place], place);
  }
  one
    .select('title')
    .text(({ messages: some, from, to }) =>
      [
        `${some[0]!.text}: ${from} → ${to}${some[0]!.held ? ', held back' : ''}`,
        ...some.slice(1, 12).map(({ text }) => text),
        ...(some.length > 12 ? [`and ${some.length - 12} more`] : []),
      ].join('\n'),
    );
  heldCounts(group, places, bundles, labels);
}

/** How many wait for each link, beside where they wait. */
function heldCounts(group: Group, places: Layout, bundles: readonly Bundle[], labels: LabelPlaces): void {
  const counts = new Map<string, number>();
  for (const { messages: some, from, to } of bundles)
    if (some[0]!.held) counts.set(`${from}>${to}`, (counts.get(`${from}>${to}`) ?? 0) + some.length);
  group
    .selectAll<SVGTextElement, [string, number]>('text.waiting')
    .data([...counts], ([key]) => key)
    .join('text')
    .attr('class', 'waiting')
    .each(function ([key, count]) {
      const [from, to] = key.split('>').map(Number);
      const path = wayOf(places, from!, to!, BEND * 1.5)!;
      const spots = [HELD, 0.2, 0.4, 0.5].map((share) => along(path, share));
      if (!labels.write(this, `${count} held back`, spots)) labels.write(this, `${count} held`, spots);
    });
}
