/** Which sets of servers decide (org.apache.zookeeper.server.quorum.flexible.QuorumMaj, QuorumHierarchical). */
import type { EnsembleConfig } from './config.ts';

/** Majority, weighted and hierarchical quorums as one rule over groups with weights. Immutable. */
export class QuorumVerifier {
  /** Participants in configuration order; a participant's position is its bit in a mask. */
  readonly participants: readonly number[];
  private readonly position: readonly number[];
  private readonly weights: readonly number[];
  /** One mask and total weight for each group whose weight is not zero. */
  private readonly groups: readonly { mask: number; weight: number }[];

  constructor(config: Pick<EnsembleConfig, 'participants' | 'quorum'>) {
    this.participants = config.participants;
    const position: number[] = [];
    const weights: number[] = [];
    for (const [bit, id] of config.participants.entries()) {
      position[id] = bit;
      weights[bit] = config.quorum.weights?.[String(id)] ?? 1;
    }
    this.position = position;
    this.weights = weights;
    this.groups = (config.quorum.groups ?? [config.participants])
      .map((members) => {
        let mask = 0;
        let weight = 0;
        for (const id of members) {
          const bit = position[id];
          if (bit === undefined)
            throw new RangeError(`quorum group names server ${id}, which is no participant`);
          mask |= 1 << bit;
          weight += weights[bit] ?? 0;
        }
        return { mask, weight };
      })
      .filter((group) => group.weight > 0);
  }

  isParticipant(id: number): boolean {
    return this.position[id] !== undefined;
  }

  /** Voting weight; 0 for servers that cannot be elected. */
  weight(id: number): number {
    const bit = this.position[id];
    return bit === undefined ? 0 : (this.weights[bit] ?? 0);
  }

  /** The participant's bit in a mask; 0 for others. */
  maskOf(id: number): number {
    const bit = this.position[id];
    return bit === undefined ? 0 : 1 << bit;
  }

  /** Groups with more than half of their weight present must be more than half of the groups. */
  containsQuorumMask(mask: number): boolean {
    let counted = 0;
    for (const group of this.groups) {
      let present = 0;
      for (let bits = mask & group.mask; bits !== 0; bits &= bits - 1) {
        present += this.weights[31 - Math.clz32(bits & -bits)] ?? 0;
      }
      if (present > Math.floor(group.weight / 2)) counted++;
    }
    return counted > Math.floor(this.groups.length / 2);
  }

  containsQuorum(has: (id: number) => boolean): boolean {
    let mask = 0;
    for (const [bit, id] of this.participants.entries()) if (has(id)) mask |= 1 << bit;
    return this.containsQuorumMask(mask);
  }
}

/** The verifier of an ensemble. @throws RangeError when a group names a server that is no participant. */
export function quorumOf(config: Pick<EnsembleConfig, 'participants' | 'quorum'>): QuorumVerifier {
  return new QuorumVerifier(config);
}
