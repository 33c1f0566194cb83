import { makeZxid } from '../../../protocol/zxid.ts';
import { RUN_FORMAT, type RunSpec } from '../../../sim/spec.ts';
import { LAN, QUICK, SETTLE } from '../../settings.ts';
import { client } from '../../workload.ts';

/** Writes that do not wait for one another, so that many are committed by one flush and applied one after the other. */
const MANY = { rate: 100, reads: 0, outstanding: 200, from: 1500, until: 2400 };
const FIRST_OF_MANY = makeZxid(1, 3);
const ONE_OF_MANY = makeZxid(1, 40);

/**
 * Server 1 has acknowledged what the disks of the others do not take. It dies when its leader commits all that at once,
 * and is back before that is applied: it is to cut off the rest and to apply it anew. The stream breaks in between, so
 * that its memory has what its disk lacks; the next synchronization goes on from there.
 */
export const zk5094: RunSpec = {
  format: RUN_FORMAT,
  title: 'A truncation breaks off once memory is ahead of the disk',
  seed: 1,
  ensemble: { ...QUICK, participants: 3 },
  world: { ...LAN, step: { uniform: [5, 10] }, cost: { bandwidth: 50 } },
  clients: [client('mix', MANY, [3])],
  faults: [
    { when: { on: 'proposed', where: { zxid: FIRST_OF_MANY } }, kind: 'diskStall', server: 2, for: 5000 },
    { when: { on: 'proposed', where: { zxid: FIRST_OF_MANY } }, kind: 'diskStall', server: 3, for: 1000 },
    { when: { on: 'committed', where: { zxid: ONE_OF_MANY } }, kind: 'crash', server: 1 },
    { when: { on: 'crashed', where: { server: 1 } }, delay: 10, kind: 'restart', server: 1 },
    { when: { on: 'applied', where: { server: 1, delivered: false } }, kind: 'isolate', server: 1 },
    { at: 8000, kind: 'heal' },
  ],
  end: { at: 8000 + SETTLE, healedAt: 8000 },
  expectations: [],
};
