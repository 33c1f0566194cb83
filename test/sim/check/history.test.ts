import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DEFAULT_CONFIG } from '../../../protocol/config.ts';
import { History } from '../../../sim/check/history.ts';
import { HistoryTree, ROOT } from '../../../sim/check/history-tree.ts';
import { Bench, z } from './bench.ts';
import { proposed } from './events.ts';

/** One server, kept naively: arrays of zxids that are copied and searched. */
class Naive {
  logged: number[] = [];
  durable: number[] = [];
  applied: number[] = [];
}

type Step =
  | { do: 'propose' }
  | { do: 'log' | 'crash' | 'apply'; server: number }
  | { do: 'flush' | 'truncate' | 'load'; server: number; at: number }
  | { do: 'snap'; server: number };

const server = fc.integer({ min: 1, max: 3 });
const at = fc.integer({ min: 0, max: 30 });
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: fc.constant<Step>({ do: 'propose' }) },
  { weight: 8, arbitrary: server.map((s): Step => ({ do: 'log', server: s })) },
  { weight: 4, arbitrary: server.map((s): Step => ({ do: 'apply', server: s })) },
  { weight: 4, arbitrary: fc.tuple(server, at).map(([s, a]): Step => ({ do: 'flush', server: s, at: a })) },
  fc.tuple(server, at).map(([s, a]): Step => ({ do: 'truncate', server: s, at: a })),
  fc.tuple(server, at).map(([s, a]): Step => ({ do: 'load', server: s, at: a })),
  server.map((s): Step => ({ do: 'snap', server: s })),
);

const upTo = (history: readonly number[], zxid: number) => history.filter((x) => x <= zxid);

function chain(tree: HistoryTree, node: number): number[] {
  const zxids: number[] = [];
  for (; node !== ROOT; node = tree.parent[node]!) zxids.unshift(tree.zxid[node]!);
  return zxids;
}

describe('the history model', () => {
  it('equals arrays that are copied and searched', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 120 }), (steps) => {
        const history = new History(DEFAULT_CONFIG);
        const naive = [new Naive(), new Naive(), new Naive()];
        const proposals: number[] = [];
        for (const server of [1, 2, 3]) {
          history.observe({
            kind: 'loaded',
            server,
            zxid: 0,
            snapshotZxid: 0,
            acceptedEpoch: 1,
            currentEpoch: 1,
          });
        }
        history.observe({ kind: 'role', server: 3, role: 'LEADING', leader: 3, reason: '' });
        for (const step of steps) {
          if (step.do === 'propose') {
            const zxid = z(1, proposals.length + 1);
            proposals.push(zxid);
            history.observe(proposed(3, zxid, zxid));
            continue;
          }
          const { server } = step;
          const model = naive[server - 1]!;
          switch (step.do) {
            case 'log': {
              const zxid = proposals[model.logged.length];
              if (zxid === undefined) break;
              model.logged = [...model.logged, zxid];
              history.observe({ kind: 'logged', server, zxid, digest: zxid });
              break;
            }
            case 'apply': {
              const zxid = model.logged[model.applied.length];
              if (zxid === undefined) break;
              model.applied = [...model.applied, zxid];
              history.observe({
                kind: 'applied',
                server,
                zxid,
                delivered: false,
                digest: zxid,
                txnDigest: zxid,
              });
              break;
            }
            case 'flush': {
              const zxid = z(1, step.at);
              const flushed = upTo(model.logged, zxid);
              if (flushed.length > model.durable.length) model.durable = flushed;
              history.observe({ kind: 'flushed', server, zxid });
              break;
            }
            case 'truncate': {
              const zxid = z(1, step.at);
              model.logged = upTo(model.logged, zxid);
              model.durable = upTo(model.durable, zxid);
              model.applied = model.logged;
              history.observe({ kind: 'truncated', server, zxid, durable: true });
              break;
            }
            case 'load': {
              if (server === 3) break;
              const found = Math.max(model.durable.length, Math.min(step.at, model.logged.length));
              const zxid = model.logged[found - 1] ?? 0;
              model.logged = upTo(model.logged, zxid);
              model.durable = model.logged;
              model.applied = model.logged;
              history.observe({ kind: 'crashed', server, power: false });
              history.observe({
                kind: 'loaded',
                server,
                zxid,
                snapshotZxid: 0,
                acceptedEpoch: 1,
                currentEpoch: 1,
              });
              expect(history.exact).toBe(true);
              break;
            }
            case 'snap': {
              const zxid = proposals.at(-1);
              if (server === 3 || zxid === undefined) break;
              model.logged = model.durable = model.applied = [...proposals];
              history.observe({ kind: 'snapInstalled', server, leader: 3, zxid });
              history.observe({ kind: 'snapshotTaken', server, zxid, endZxid: zxid });
              break;
            }
          }
        }
        const { tree } = history;
        for (const [index, model] of naive.entries()) {
          const own = history.servers[index]!;
          expect(chain(tree, own.logged)).toEqual(model.logged);
          expect(chain(tree, own.durable)).toEqual(model.durable);
          expect(chain(tree, own.applied)).toEqual(model.applied);
          for (let node = 1; node < tree.size; node++) {
            expect((tree.durableOn[node]! & own.bit) !== 0).toBe(model.durable.includes(tree.zxid[node]!));
          }
        }
      }),
      { numRuns: 500 },
    );
  });

  it('finds ancestors in a tree as a walk along parents does', () => {
    const parents = fc.array(fc.nat(), { minLength: 1, maxLength: 200 });
    fc.assert(
      fc.property(parents, fc.nat(), fc.nat(), (draws, from, zxid) => {
        const tree = new HistoryTree(0);
        for (const draw of draws) {
          // Mostly long branches.
          const parent = draw % 4 === 0 ? draw % tree.size : tree.size - 1;
          tree.child(parent, tree.zxid[parent]! + 1 + (draw % 3), draw);
        }
        const node = from % tree.size;
        const bound = zxid % 600;
        let walked = node;
        while (tree.zxid[walked]! > bound) walked = tree.parent[walked]!;
        expect(tree.upTo(node, bound)).toBe(walked);
        const other = zxid % tree.size;
        const path = [ROOT];
        for (let n = node; n !== ROOT; n = tree.parent[n]!) path.push(n);
        expect(tree.contains(node, other)).toBe(path.includes(other));
      }),
      { numRuns: 500 },
    );
  });

  it('survives a structured clone of its data: no chains of objects, no closures', () => {
    const history = new History(DEFAULT_CONFIG);
    for (let counter = 1; counter <= 200_000; counter++) {
      const zxid = z(1, counter);
      history.observe(proposed(3, zxid, counter));
      history.observe({ kind: 'logged', server: 3, zxid, digest: counter });
      history.observe({ kind: 'flushed', server: 3, zxid });
    }
    expect(structuredClone(history).servers).toEqual(structuredClone(history.servers));
  });

  it('throws for a server outside the ensemble', () => {
    expect(() => new Bench().flush(9, z(1, 1))).toThrow(RangeError);
  });
});
