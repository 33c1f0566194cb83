/** Runs that kill variants which drawn runs rarely or never kill; by variant. The correct protocol holds in each. */
import type { RunSpec } from '../../../sim/spec.ts';
import { keepsAcks } from './keeps-acks.ts';
import { twoPhaseCommitBlocked } from './two-phase-commit.ts';
import { zk1419 } from './zk-1419.ts';
import { zk4643 } from './zk-4643.ts';
import { zk4685 } from './zk-4685.ts';
import { zk5094 } from './zk-5094.ts';

export const directed: Readonly<Record<string, RunSpec>> = {
  'ZK-1419': zk1419,
  'ZK-4643': zk4643,
  'ZK-4685': zk4685,
  'ZK-5094': zk5094,
  'keeps-acks-of-cut-learner': keepsAcks,
  'two-phase-commit': twoPhaseCommitBlocked,
};
