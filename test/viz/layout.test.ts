import '../seed.ts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  along,
  BLOCKS,
  type Box,
  CLIENT_RADIUS,
  FONTS,
  layout,
  overlap,
  way,
} from '../../viz/views/layout.ts';

const box = (x: number, y: number, half: number, up: number, down: number): Box => ({
  left: x - half,
  top: y - up,
  right: x + half,
  bottom: y + down,
});

describe('the layout of the cluster view', () => {
  it('servers with what is written below them, and clients, do not cover each other', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 13 }),
        fc.array(fc.integer({ min: 0, max: 13 }), { maxLength: 40 }),
        fc.integer({ min: 340, max: 2200 }),
        fc.integer({ min: 320, max: 1500 }),
        (count, talksTo, width, height) => {
          const ids = Array.from({ length: count }, (_, i) => i + 1);
          const clients = talksTo.map((server, i) => ({ id: 1001 + i, server: server > count ? 0 : server }));
          const places = layout(ids, clients, width, height);
          const block = BLOCKS[places.detail];
          const servers = [...places.servers.values()].map(({ x, y }) =>
            box(x, y, block.right, -block.top, block.bottom),
          );
          const stands = [...places.clients.values()].map(({ x, y }) =>
            box(x, y, CLIENT_RADIUS, CLIENT_RADIUS, CLIENT_RADIUS),
          );
          const all = [...servers, ...stands];
          all.forEach((a, i) => {
            for (const b of all.slice(i + 1)) expect(overlap(a, b)).toBe(false);
          });
          expect(places.clients.size).toBe(clients.length);
          for (const one of all) {
            expect(one.left).toBeGreaterThanOrEqual(places.box.left);
            expect(one.right).toBeLessThanOrEqual(places.box.right);
            expect(one.top).toBeGreaterThanOrEqual(places.box.top);
            expect(one.bottom).toBeLessThanOrEqual(places.box.bottom);
          }
        },
      ),
    );
  });

  it('letters are large enough to be read, from 360 px on', () => {
    for (const count of [3, 5, 7, 13]) {
      const ids = Array.from({ length: count }, (_, i) => i + 1);
      const clients = [1, 2, 3].map((server) => ({ id: 1000 + server, server }));
      for (const [width, height] of [
        [346, 432],
        [625, 560],
        [1700, 1850],
      ] as const) {
        const { detail, scale } = layout(ids, clients, width, height);
        expect(scale * FONTS[detail], `${count} servers in ${width} px`).toBeGreaterThan(8.5);
      }
    }
  });

  it('messages that cross each other keep to different sides of the link', () => {
    const [a, b] = [
      { x: 0, y: 0 },
      { x: 200, y: 0 },
    ];
    const there = along(way(a, b, 30, 30, 16), 0.5);
    const back = along(way(b, a, 30, 30, 16), 0.5);
    expect(there.x).toBeCloseTo(back.x);
    expect(there.y).toBeCloseTo(-back.y);
    expect(Math.abs(there.y)).toBeGreaterThan(5);
    expect(along(way(a, b, 30, 30, 16), 0)).toEqual({ x: 30, y: 0 });
    expect(along(way(a, b, 30, 30, 16), 1)).toEqual({ x: 170, y: 0 });
  });
});
