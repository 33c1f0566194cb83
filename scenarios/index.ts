/** The scenarios: named stories, each a run as data with its narration and its expectations. */
import { corruptLogRefusesStart } from './corrupt-log-refuses-start.ts';
import { counterRollover } from './counter-rollover.ts';
import { diffFromDisk } from './diff-from-disk.ts';
import { divergentLeaderTruncated } from './divergent-leader-truncated.ts';
import { droppedStream } from './dropped-stream.ts';
import { ecosystemScenarios } from './ecosystem/index.ts';
import { ephemeralsAfterPowerLoss } from './ephemerals-after-power-loss.ts';
import { farBehindSnapNearBehindDiff } from './far-behind-snap-near-behind-diff.ts';
import { fencingSavesTheDay } from './fencing-saves-the-day.ts';
import { firstElectionOfFive } from './first-election-of-five.ts';
import { healthyWrite } from './healthy-write.ts';
import { herdEffect } from './herd-effect.ts';
import { hierarchicalQuorum } from './hierarchical-quorum.ts';
import { leaderCrashAfterQuorumLogged } from './leader-crash-after-quorum-logged.ts';
import { leaderCrashProposalOnMinority } from './leader-crash-proposal-on-minority.ts';
import { leaderDiskStall } from './leader-disk-stall.ts';
import { minorityPartition } from './minority-partition.ts';
import { multiFailsInTheMiddle } from './multi-fails-in-the-middle.ts';
import { observerJoins } from './observer-joins.ts';
import { oneWayPartitionOfLeader } from './one-way-partition-of-leader.ts';
import { pausedLeaderWakes } from './paused-leader-wakes.ts';
import { proposalOnMinoritySurvives } from './proposal-on-minority-survives.ts';
import type { Scenario } from './scenario.ts';
import { sessionMovesMidWrite } from './session-moves-mid-write.ts';
import { slowFollower } from './slow-follower.ts';
import { staggeredStart } from './staggered-start.ts';
import { staleReadAndSync } from './stale-read-and-sync.ts';
import { standaloneServer } from './standalone-server.ts';
import { twoPhaseCommitBlocks } from './two-phase-commit-blocks.ts';
import { watchFiresBeforeTheData } from './watch-fires-before-the-data.ts';
import { watchMissesCreateAndDelete } from './watch-misses-create-and-delete.ts';
import { wholeEnsemblePowerLoss } from './whole-ensemble-power-loss.ts';
import { zabCarriesOn } from './zab-carries-on.ts';

export { catalog } from './catalog.ts';
export { define, type Extension, extend, type FullCatalog } from './extension.ts';
export type { Narration, Scenario } from './scenario.ts';
export { changed, type Variant } from './variants/variant.ts';

/** All scenarios, from the simple to the involved. */
export const scenarios: readonly Scenario[] = [
  healthyWrite,
  firstElectionOfFive,
  staggeredStart,
  standaloneServer,
  observerJoins,
  slowFollower,
  droppedStream,
  farBehindSnapNearBehindDiff,
  diffFromDisk,
  leaderCrashProposalOnMinority,
  proposalOnMinoritySurvives,
  leaderCrashAfterQuorumLogged,
  leaderDiskStall,
  divergentLeaderTruncated,
  minorityPartition,
  oneWayPartitionOfLeader,
  pausedLeaderWakes,
  wholeEnsemblePowerLoss,
  hierarchicalQuorum,
  counterRollover,
  corruptLogRefusesStart,
  staleReadAndSync,
  watchFiresBeforeTheData,
  watchMissesCreateAndDelete,
  multiFailsInTheMiddle,
  sessionMovesMidWrite,
  ephemeralsAfterPowerLoss,
  fencingSavesTheDay,
  herdEffect,
  twoPhaseCommitBlocks,
  zabCarriesOn,
  ...ecosystemScenarios,
];

/** The scenario with this id, if there is one. */
export function findScenario(id: string): Scenario | undefined {
  return scenarios.find((scenario) => scenario.id === id);
}
