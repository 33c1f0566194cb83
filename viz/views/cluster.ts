/** The ensemble as it stands: servers in a ring, clients around them, what is on its way between them. */
import { select } from 'd3-selection';
import type { ServerFrame } from '../model/frame.ts';
import { lines, links, troubles } from './cluster-links.ts';
import { clients, servers } from './cluster-machines.ts';
import { messages } from './cluster-messages.ts';
import { layer, type OnSelect, type Scene } from './cluster-scene.ts';
import { LabelPlaces } from './label-places.ts';
import { BLOCKS, type Box, CLIENT_RADIUS, type Layout, layout } from './layout.ts';

export type { OnSelect, Scene, Selected } from './cluster-scene.ts';

/** Letters of labels: in units at least, and px at least. */
const LABEL = { units: 10, px: 10.5 };

/** What labels must leave free: servers with their words, and clients. */
function obstacles(places: Layout, all: readonly ServerFrame[]): Box[] {
  const block = BLOCKS[places.detail];
  return [
    ...all.flatMap(({ id }): Box[] => {
      const { x, y } = places.servers.get(id)!;
      return [
        { left: x - 32, right: x + 32, top: y + block.top, bottom: y + 32 },
        { left: x + block.left, right: x + block.right, top: y + 34, bottom: y + block.bottom },
      ];
    }),
    ...[...places.clients.values()].map(({ x, y }): Box => {
      const half = CLIENT_RADIUS + 3;
      return { left: x - half, right: x + half, top: y - half, bottom: y + half };
    }),
  ];
}

/** Draws a scene into an `svg`, whatever was drawn there before. */
export function draw(svg: SVGSVGElement, scene: Scene, onSelect: OnSelect): void {
  const { frame, width, height } = scene;
  const ids = frame.servers.map(({ id }) => id);
  const places = layout(ids, frame.clients, width, height);
  const { box, scale } = places;
  const [wide, high] = [width / scale, height / scale];
  const left = (box.left + box.right - wide) / 2;
  const top = (box.top + box.bottom - high) / 2;
  const font = Math.max(LABEL.units, LABEL.px / scale);
  select(svg)
    .attr('viewBox', `${left} ${top} ${wide} ${high}`)
    .attr('preserveAspectRatio', 'xMidYMid meet')
    .style('--label', `${font.toFixed(1)}px`)
    .style('--small', `${Math.min(12.5, Math.max(10, 8.5 / scale)).toFixed(1)}px`);
  const within = { left: left + 2, top: top + 2, right: left + wide - 2, bottom: top + high - 2 };
  const labels = new LabelPlaces(obstacles(places, frame.servers), within, font);
  links(layer(svg, 'links'), places, scene, onSelect);
  troubles(layer(svg, 'troubles'), places, frame.links, labels);
  lines(layer(svg, 'lines'), places, frame.clients);
  // Under the servers, whose words stay legible wherever a message passes.
  messages(layer(svg, 'messages'), places, scene, labels, onSelect);
  servers(layer(svg, 'servers'), places, scene, onSelect);
  clients(layer(svg, 'clients'), places, scene, onSelect);
}
