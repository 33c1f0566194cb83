/** What the cluster view draws, and the shapes that its parts share. */
import { type Selection as D3, select } from 'd3-selection';
import type { Frame } from '../model/frame.ts';
import { CLIENT_RADIUS, type Layout, type Point, SERVER_RADIUS, type Way, way } from './layout.ts';

/** What is picked out; a link by its two ends, the smaller first. */
export type Selected =
  | { readonly kind: 'server' | 'client'; readonly id: number }
  | { readonly kind: 'link'; readonly from: number; readonly to: number }
  /** A message on its way. */
  | { readonly kind: 'message'; readonly id: string };

export interface Scene {
  readonly frame: Frame;
  /** Virtual ms, at or after the frame's and before the next event. */
  readonly time: number;
  readonly selected: Selected | null;
  /** Of the place, px. */
  readonly width: number;
  readonly height: number;
}

export type OnSelect = (selected: Selected) => void;

export type Group = D3<SVGGElement, unknown, null, undefined>;

/** How far a message's way swings to its right, units. */
export const BEND = 16;

const FIRST_CLIENT = 1000;
const radiusOf = (id: number): number => (id > FIRST_CLIENT ? CLIENT_RADIUS + 4 : SERVER_RADIUS + 7);

function placeOf(places: Layout, id: number): Point | undefined {
  return places.servers.get(id) ?? places.clients.get(id);
}

/** The way from one machine to another; null where one of them has no place. */
export function wayOf(places: Layout, from: number, to: number, bend = BEND): Way | null {
  const [start, end] = [placeOf(places, from), placeOf(places, to)];
  if (start === undefined || end === undefined) return null;
  const short = from > FIRST_CLIENT || to > FIRST_CLIENT;
  return way(start, end, radiusOf(from), radiusOf(to), short ? bend / 3 : bend);
}

export const at = ({ x, y }: Point): string => `translate(${x.toFixed(2)},${y.toFixed(2)})`;

/** The layer of that name, in the order in which they are asked for. */
export function layer(svg: SVGSVGElement, name: string): Group {
  return select(svg)
    .selectAll<SVGGElement, string>(`g.${name}`)
    .data([name])
    .join('g')
    .attr('class', name) as unknown as Group;
}
