/** Links of the cluster view: between servers, between a client and its server, and what is wrong with them. */
import { select } from 'd3-selection';
import type { ClientFrame, LinkFrame } from '../model/frame.ts';
import { at, BEND, type Group, type OnSelect, type Scene, wayOf } from './cluster-scene.ts';
import { CROSS } from './glyphs.ts';
import type { LabelPlaces } from './label-places.ts';
import { along, type Layout, wayPath } from './layout.ts';

export function links(group: Group, places: Layout, { frame, selected }: Scene, onSelect: OnSelect): void {
  const ids = frame.servers.map(({ id }) => id);
  const pairs = ids.flatMap((from, i) => ids.slice(i + 1).map((to) => ({ from, to })));
  const chosen = ({ from, to }: { from: number; to: number }): boolean =>
    selected?.kind === 'link' && selected.from === from && selected.to === to;
  const one = group
    .selectAll<SVGGElement, (typeof pairs)[number]>('g')
    .data(pairs, ({ from, to }) => `${from}-${to}`)
    .join((enter) => {
      const made = enter.append('g');
      made.append('line').attr('class', 'seen');
      made.append('line').attr('class', 'hit');
      return made;
    })
    .classed('selected', chosen)
    .on('click', (_, { from, to }) => onSelect({ kind: 'link', from, to }));
  one.selectAll<SVGLineElement, unknown>('line').each(function (this: SVGLineElement) {
    const pair = select(this.parentNode as SVGGElement).datum() as (typeof pairs)[number];
    const [a, b] = [places.servers.get(pair.from)!, places.servers.get(pair.to)!];
    select(this).attr('x1', a.x).attr('y1', a.y).attr('x2', b.x).attr('y2', b.y);
  });
}

/** Something wrong with a link, one way or both. */
interface Trouble extends LinkFrame {
  readonly both: boolean;
}

/** One for both ways where both are cut. */
function troublesOf(all: readonly LinkFrame[]): Trouble[] {
  const cut = new Set(all.filter((link) => link.cut).map(({ from, to }) => `${from}>${to}`));
  return all.flatMap((link) => {
    const both = link.cut && cut.has(`${link.to}>${link.from}`);
    return both && link.from > link.to ? [] : [{ ...link, both }];
  });
}

/** Links that do not pass, or not as fast as they should. */
export function troubles(group: Group, places: Layout, all: readonly LinkFrame[], labels: LabelPlaces): void {
  const shown = troublesOf(all).filter(({ from, to }) => wayOf(places, from, to) !== null);
  const path = ({ from, to, both }: Trouble) => wayOf(places, from, to, both ? 0 : BEND)!;
  const one = group
    .selectAll<SVGGElement, Trouble>('g')
    .data(shown, ({ from, to }) => `${from}>${to}`)
    .join((enter) => {
      const made = enter.append('g');
      made.append('path').attr('class', 'way');
      made.append('path').attr('class', 'cross').attr('d', CROSS);
      made.append('text');
      made.append('title');
      return made;
    })
    .attr('class', ({ cut, slow }) => (cut ? 'cut' : slow > 0 ? 'slow' : 'dropping'))
    .classed('both', ({ both }) => both);
  one.select('path.way').attr('d', (trouble) => wayPath(path(trouble)));
  one
    .select('path.cross')
    .attr('transform', (trouble) => at(along(path(trouble), 0.5)))
    .attr('display', ({ cut, dropping }) => (cut || dropping ? null : 'none'));
  one
    .select('title')
    .text(
      ({ from, to, both, cut, slow, dropping }) =>
        `${from} ${both ? '↔' : '→'} ${to}: ${[cut ? 'cut' : '', slow > 0 ? `${slow} ms slower` : '', dropping ? 'drops its next message' : ''].filter((text) => text !== '').join(', ')}`,
    );
  one.select('text').each(function ({ from, to, cut, slow, dropping }) {
    const text = cut ? '' : slow > 0 ? `+${slow} ms` : dropping ? 'drops' : '';
    labels.write(
      this as SVGTextElement,
      text,
      [0.5, 0.35, 0.65].map((share) => along(wayOf(places, from, to, BEND * 2)!, share)),
    );
  });
}

/** Between a client and its server. */
export function lines(group: Group, places: Layout, all: readonly ClientFrame[]): void {
  group
    .selectAll<SVGLineElement, ClientFrame>('line')
    .data(
      all.filter(({ server }) => places.servers.has(server)),
      ({ id }) => id,
    )
    .join('line')
    .classed('open', ({ connected }) => connected)
    .attr('x1', ({ id }) => places.clients.get(id)!.x)
    .attr('y1', ({ id }) => places.clients.get(id)!.y)
    .attr('x2', ({ server }) => places.servers.get(server)!.x)
    .attr('y2', ({ server }) => places.servers.get(server)!.y);
}
