/** Where servers and clients stand in the cluster view. Pure geometry, in the units of the picture. */

export interface Point {
  readonly x: number;
  readonly y: number;
}

export interface Box {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

export interface Layout {
  readonly servers: ReadonlyMap<number, Point>;
  readonly clients: ReadonlyMap<number, Point>;
  /** All of it, with a margin. */
  readonly box: Box;
  readonly detail: Detail;
  /** Px per unit. */
  readonly scale: number;
}

/** How much of itself a server tells: two lines, two short ones in larger letters, or its zxid alone. */
export type Detail = 'full' | 'short' | 'least';

export const SERVER_RADIUS = 27;
export const CLIENT_RADIUS = 11;

/** What a server takes up around its centre: crown above, words below. */
export const BLOCKS: Readonly<Record<Detail, Box>> = {
  full: { left: -66, top: -46, right: 66, bottom: 62 },
  short: { left: -56, top: -46, right: 56, bottom: 66 },
  least: { left: -37, top: -46, right: 37, bottom: 50 },
};
/** Letters of those words, units. */
export const FONTS: Readonly<Record<Detail, number>> = { full: 11, short: 14, least: 15 };
/** Letters smaller than these, px, are not read. */
const READABLE = 8.5;
/** Pixels per unit at most, in a place that is not itself larger than usual. */
const LARGEST = 1.5;
/** Smaller side of a place that is larger than usual, px. */
const LARGE = 900;
/** Between two servers, for what they say to each other. */
const GAP = 30;
const CLIENT_GAP = 40;
/** Clients of a server stand in rows of so many, and those of none in rows as long as the rest is wide. */
const ROW = 3;
const MARGIN = 14;

function blockAt({ x, y }: Point, block: Box): Box {
  return { left: x + block.left, top: y + block.top, right: x + block.right, bottom: y + block.bottom };
}

/** What a client takes up. */
function clientBox({ x, y }: Point): Box {
  const half = CLIENT_RADIUS + 3;
  return { left: x - half, top: y - half, right: x + half, bottom: y + half };
}

export function overlap(a: Box, b: Box, gap = 0): boolean {
  return a.left < b.right + gap && b.left < a.right + gap && a.top < b.bottom + gap && b.top < a.bottom + gap;
}

/** Servers on an ellipse, the first at the top, clockwise. */
function ring(ids: readonly number[], rx: number, ry: number): Map<number, Point> {
  return new Map(
    ids.map((id, i) => {
      const angle = -Math.PI / 2 + (2 * Math.PI * i) / ids.length;
      return [id, { x: rx * Math.cos(angle), y: ry * Math.sin(angle) }];
    }),
  );
}

/** Outward from the middle. */
function outward({ x, y }: Point): Point {
  const length = Math.hypot(x, y);
  return length === 0 ? { x: 0, y: -1 } : { x: x / length, y: y / length };
}

/** From a server's centre outward until a client no longer touches its block. */
function clearance(out: Point, block: Box): number {
  const pad = CLIENT_RADIUS + 8;
  const across = out.x === 0 ? Number.POSITIVE_INFINITY : (block.right + pad) / Math.abs(out.x);
  const along =
    out.y === 0
      ? Number.POSITIVE_INFINITY
      : (out.y > 0 ? block.bottom + pad : -block.top + pad) / Math.abs(out.y);
  return Math.min(across, along);
}

/**
 * Of what can be read in such a place, what tells most.
 *
 * @param clients each with the server that it talks to; 0: none
 * @param width of the place, px, as its height
 */
export function layout(
  servers: readonly number[],
  clients: readonly { readonly id: number; readonly server: number }[],
  width: number,
  height: number,
): Layout {
  // Of a large place not all is used: letters are to be read, not to be looked at.
  const largest = LARGEST * Math.max(1, Math.min(width, height) / LARGE);
  let best: Layout | undefined;
  for (const detail of ['full', 'short', 'least'] as const) {
    const arranged = arrange(servers, clients, width / Math.max(1, height), detail);
    const { left, top, right, bottom } = arranged.box;
    const scale = Math.min(largest, width / (right - left), height / (bottom - top));
    best = { ...arranged, detail, scale };
    if (scale * FONTS[detail] >= READABLE) break;
  }
  return best!;
}

function arrange(
  servers: readonly number[],
  clients: readonly { readonly id: number; readonly server: number }[],
  ratio: number,
  detail: Detail,
): Pick<Layout, 'servers' | 'clients' | 'box'> {
  const stretch = Math.min(1.7, Math.max(0.75, ratio));
  const block = BLOCKS[detail];
  const gap = detail === 'full' ? GAP : detail === 'short' ? GAP / 3 : 2;
  let places = ring(servers, 0, 0);
  for (let radius = servers.length === 1 ? 0 : 105; ; radius += 5) {
    places = ring(servers, radius * Math.max(1, stretch), radius / Math.min(1, stretch));
    const blocks = [...places.values()].map((place) => blockAt(place, block));
    if (!blocks.some((a, i) => blocks.slice(i + 1).some((b) => overlap(a, b, gap)))) break;
  }
  const stands = new Map<number, Point>();
  const taken = [...places.values()].map((place) => blockAt(place, block));
  for (const [server, place] of places) {
    const own = clients.filter((client) => client.server === server);
    const out = outward(place);
    let distance = clearance(out, block);
    for (let first = 0; first < own.length; first += ROW) {
      const row = own.slice(first, first + ROW);
      let stood: Point[];
      do {
        stood = row.map((_, i) => {
          const aside = (i - (row.length - 1) / 2) * CLIENT_GAP;
          return {
            x: place.x + out.x * distance - out.y * aside,
            y: place.y + out.y * distance + out.x * aside,
          };
        });
        distance += 4;
      } while (stood.some((point) => taken.some((other) => overlap(clientBox(point), other, 4))));
      row.forEach(({ id }, i) => {
        stands.set(id, stood[i]!);
        taken.push(clientBox(stood[i]!));
      });
    }
  }
  let box: Box = { left: 0, top: 0, right: 0, bottom: 0 };
  const include = (one: Box): void => {
    box = {
      left: Math.min(box.left, one.left),
      top: Math.min(box.top, one.top),
      right: Math.max(box.right, one.right),
      bottom: Math.max(box.bottom, one.bottom),
    };
  };
  for (const place of places.values()) include(blockAt(place, block));
  for (const point of stands.values()) include(clientBox(point));
  // Who has no server stands below them all.
  const lost = clients.filter((client) => !places.has(client.server));
  const long = Math.max(ROW, Math.floor((box.right - box.left) / CLIENT_GAP));
  const below = box.bottom;
  for (let first = 0; first < lost.length; first += long) {
    const row = lost.slice(first, first + long);
    const y = below + CLIENT_RADIUS + 16 + (first / long) * CLIENT_GAP * 0.8;
    row.forEach(({ id }, i) => {
      stands.set(id, { x: (i - (row.length - 1) / 2) * CLIENT_GAP, y });
    });
    const half = (row.length * CLIENT_GAP) / 2;
    include({ left: -half, top: 0, right: half, bottom: y + CLIENT_RADIUS + 8 });
  }
  return {
    servers: places,
    clients: stands,
    box: {
      left: box.left - MARGIN,
      top: box.top - MARGIN,
      right: box.right + MARGIN,
      bottom: box.bottom + MARGIN,
    },
  };
}

/** The way of a message: slightly bent to its right, so that both directions can be told apart. */
export interface Way {
  readonly from: Point;
  readonly bend: Point;
  readonly to: Point;
}

export function way(from: Point, to: Point, fromRadius: number, toRadius: number, bend: number): Way {
  const dx = to.x - from.x;
  const dy = to.y - from.y;
  const length = Math.hypot(dx, dy) || 1;
  const [ux, uy] = [dx / length, dy / length];
  const start = { x: from.x + ux * fromRadius, y: from.y + uy * fromRadius };
  const end = { x: to.x - ux * toRadius, y: to.y - uy * toRadius };
  const middle = { x: (start.x + end.x) / 2 - uy * bend, y: (start.y + end.y) / 2 + ux * bend };
  return { from: start, bend: middle, to: end };
}

/** A place on the way: 0 at its beginning, 1 at its end. */
export function along({ from, bend, to }: Way, share: number): Point {
  const rest = 1 - share;
  return {
    x: rest * rest * from.x + 2 * rest * share * bend.x + share * share * to.x,
    y: rest * rest * from.y + 2 * rest * share * bend.y + share * share * to.y,
  };
}

export function wayPath({ from, bend, to }: Way): string {
  return `M${from.x},${from.y}Q${bend.x},${bend.y} ${to.x},${to.y}`;
}
