/** Role × phase × message: what can reach a server on a channel of its present role. */
import type { Phase, Role } from '../../protocol/probe.ts';

export const ROLES: readonly Role[] = ['LOOKING', 'FOLLOWING', 'LEADING', 'OBSERVING'];

const ELECTION: readonly string[] = ['notification', 'electionHello'];
const CLIENT: readonly string[] = ['connect', 'request'];
const SNAPSHOT: readonly string[] = ['snapHeader', 'snapNode', 'snapEnd'];
const SYNC: readonly string[] = ['DIFF', 'TRUNC', 'SNAP'];
const INFO: readonly string[] = ['FOLLOWERINFO', 'OBSERVERINFO', 'ACKEPOCH'];

type Table = { readonly [R in Role]: { readonly [P in Phase]?: readonly string[] } };

/** A learner enters a phase when it hears of it: DIFF, TRUNC and SNAP reach it in DISCOVERY. */
const POSSIBLE: Table = {
  LOOKING: { ELECTION: [...ELECTION, ...CLIENT, 'isro'] },
  FOLLOWING: {
    DISCOVERY: [...ELECTION, 'connect', 'LEADERINFO', ...SYNC],
    SYNCHRONIZATION: [
      ...ELECTION,
      'connect',
      ...SNAPSHOT,
      'PROPOSAL',
      'COMMIT',
      'NEWLEADER',
      'PING',
      'UPTODATE',
    ],
    BROADCAST: [...ELECTION, ...CLIENT, 'PROPOSAL', 'COMMIT', 'PING', 'REVALIDATE', 'SYNC'],
  },
  LEADING: {
    DISCOVERY: [...ELECTION, 'connect', ...INFO],
    SYNCHRONIZATION: [...ELECTION, 'connect', ...INFO, 'ACK', 'PING'],
    BROADCAST: [...ELECTION, ...CLIENT, ...INFO, 'ACK', 'PING', 'REVALIDATE', 'REQUEST'],
  },
  OBSERVING: {
    DISCOVERY: ['notification', 'connect', 'LEADERINFO', ...SYNC],
    SYNCHRONIZATION: [
      'notification',
      'connect',
      ...SNAPSHOT,
      'PROPOSAL',
      'COMMIT',
      'INFORM',
      'NEWLEADER',
      'PING',
      'UPTODATE',
    ],
    BROADCAST: ['notification', ...CLIENT, 'INFORM', 'PING', 'REVALIDATE', 'SYNC'],
  },
};

/** Numbers for the situations; 0 stands for all that is not in the table. */
export interface MessageSituations {
  readonly size: number;
  /** By number; empty for 0. */
  readonly names: readonly string[];
  /** Numbers by message of a role in a phase; those that it does not have are 0. */
  of(role: Role, phase: Phase): ReadonlyMap<string, number>;
}

const NOTHING: ReadonlyMap<string, number> = new Map();

/** The table as numbers, so that the count of a message costs one look-up and builds no string. */
export function messageSituations(): MessageSituations {
  const names = [''];
  const slots = new Map<Role, Map<Phase, Map<string, number>>>();
  for (const role of ROLES) {
    const phases = new Map<Phase, Map<string, number>>();
    for (const [phase, messages] of Object.entries(POSSIBLE[role])) {
      const numbers = new Map<string, number>();
      for (const message of messages) {
        numbers.set(message, names.length);
        names.push(`${role} ${phase} ${message}`);
      }
      phases.set(phase as Phase, numbers);
    }
    slots.set(role, phases);
  }
  return {
    size: names.length,
    names,
    of: (role, phase) => slots.get(role)?.get(phase) ?? NOTHING,
  };
}
