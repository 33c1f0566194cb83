/** Where the servers of an ensemble are, and who may say to be one of them. */
import type { Message } from '../../protocol/host.ts';
import type { BoundAddress } from './listener.ts';

/** One server, as the others reach it. */
export interface Member {
  readonly id: number;
  readonly host: string;
  readonly quorumPort: number;
  readonly electionPort: number;
  readonly observer: boolean;
}

/** One server's own ports. Null: it has none of that kind, because it is alone. */
export interface OwnPorts {
  readonly client: BoundAddress | null;
  readonly quorum: BoundAddress | null;
  readonly election: BoundAddress | null;
}

/**
 * Why who begins a channel to server `self` with this message is turned away; null: it may stay. The protocol trusts who is
 * a member of the ensemble, as Apache's does without authentication; others it never hears of.
 */
export function refusal(message: Message, self: number, members: readonly Member[]): string | null {
  const { kind, sid } = message as Message & { readonly sid?: unknown };
  const member = members.find(({ id }) => id === sid);
  switch (kind) {
    case 'electionHello':
      return member === undefined ? `server ${sid} is not in the configuration` : null;
    case 'FOLLOWERINFO':
    case 'OBSERVERINFO':
      if (member === undefined || sid === self) return `server ${sid} is no learner of this one`;
      if (member.observer !== (kind === 'OBSERVERINFO')) {
        return `server ${sid} is ${member.observer ? 'an observer' : 'a participant'} in the configuration`;
      }
      return null;
    default:
      return `${kind} is no beginning`;
  }
}
