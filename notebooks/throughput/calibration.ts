/** Where the costs of the model come from, and the throughput that follows from them without a simulation. */
import { paperRow } from './paper.ts';

/** What a server spends, µs. Whole numbers: virtual time has no smaller ones. */
export interface Costs {
  /** On a request of a client, answer included. */
  readonly request: number;
  /** The leader, on a write besides what follows for each follower. */
  readonly write: number;
  /** The leader, per follower and write: PROPOSAL out, ACK in, COMMIT out. The follower spends as much on its side. */
  readonly follower: number;
}

/**
 * Costs for which two ensembles do what the paper measured. Clients connect to followers only, so n servers answer
 * n − 1 times what one does; a write costs the leader one part that is always the same and one per follower. The cost of
 * a request is the mean of the two rows; the other two are the line through their writes.
 */
export function calibrate(rows: readonly [number, number]): Costs {
  const [a, b] = [paperRow(rows[0]), paperRow(rows[1])];
  const perFollower = [a, b].map(({ servers, reads }) => ((servers - 1) * 1e6) / reads);
  const slope = (1e6 / b.writes - 1e6 / a.writes) / (b.servers - a.servers);
  return {
    request: Math.round((perFollower[0]! + perFollower[1]!) / 2),
    write: Math.round(1e6 / a.writes - slope * (a.servers - 1)),
    follower: Math.round(slope),
  };
}

/** The run's cost model: ms by kind of message. PROPOSAL carries the data, COMMIT does not. */
export function serviceTimes({ request, write, follower }: Costs): Readonly<Record<string, number>> {
  const proposal = Math.round((follower * 2) / 3);
  return {
    request: request / 1000,
    REQUEST: write / 1000,
    ACK: follower / 1000,
    PROPOSAL: proposal / 1000,
    COMMIT: (follower - proposal) / 1000,
  };
}

/** Operations per second at which a part of the ensemble has no time left. */
export interface Bounds {
  readonly leader: number;
  readonly follower: number;
}

/** What leader and followers could do at most. @param reads share of reads, 0…1 */
export function bounds({ request, write, follower }: Costs, servers: number, reads: number): Bounds {
  const followers = servers - 1;
  const perWrite = write + follower * followers;
  return {
    leader: reads === 1 ? Number.POSITIVE_INFINITY : 1e6 / ((1 - reads) * perWrite),
    follower: 1e6 / (request / followers + (1 - reads) * follower),
  };
}

/** The lesser of the two. */
export function bound(costs: Costs, servers: number, reads: number): number {
  const { leader, follower } = bounds(costs, servers, reads);
  return Math.min(leader, follower);
}
