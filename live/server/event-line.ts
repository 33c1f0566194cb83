/** What a server's log says of what happened: roles, elections, synchronizations, and what ends it. */
import type { ProbeEvent } from '../../protocol/probe.ts';
import { formatZxid } from '../../protocol/zxid.ts';

/** One line; null for what happens all the time. */
export function eventLine(event: ProbeEvent): string | null {
  switch (event.kind) {
    case 'loaded': {
      const { zxid, snapshotZxid, acceptedEpoch, currentEpoch } = event;
      const from = snapshotZxid === 0 ? 'no snapshot' : `a snapshot at ${formatZxid(snapshotZxid)}`;
      return `loaded ${from} and the log up to ${formatZxid(zxid)}; epochs: accepted ${acceptedEpoch}, current ${currentEpoch}`;
    }
    case 'role': {
      const of = event.role === 'FOLLOWING' || event.role === 'OBSERVING' ? ` server ${event.leader}` : '';
      return `${event.role}${of} (${event.reason})`;
    }
    case 'elected': {
      const { leader, zxid, peerEpoch, round } = event;
      return `elected server ${leader}: epoch ${peerEpoch}, zxid ${formatZxid(zxid)}, round ${round}`;
    }
    case 'syncChosen': {
      const { sync, learner, peerZxid, zxid, fromDisk } = event;
      const source = fromDisk ? ', from the log on disk' : '';
      return `synchronizes server ${learner} by ${sync}: it is at ${formatZxid(peerZxid)}, sent ${formatZxid(zxid)}${source}`;
    }
    case 'snapStreamed':
      return `sent server ${event.learner} a snapshot from ${formatZxid(event.zxid)} to ${formatZxid(event.endZxid)}`;
    case 'snapInstalled':
      return `took over the snapshot of server ${event.leader} at ${formatZxid(event.zxid)}`;
    case 'truncated':
      return `cut its history back to ${formatZxid(event.zxid)}`;
    case 'newLeaderAcked': {
      const { leader, epoch, zxid } = event;
      return `synchronized with server ${leader} up to ${formatZxid(zxid)} in epoch ${epoch}`;
    }
    case 'established':
      return `leads epoch ${event.epoch} with the history up to ${formatZxid(event.zxid)}`;
    case 'serving':
      return `serves clients in epoch ${event.epoch} of server ${event.leader}`;
    case 'logRolled':
      return `began the log file of ${formatZxid(event.zxid)}`;
    case 'snapshotTaken':
      return `took a snapshot at ${formatZxid(event.zxid)}`;
    case 'purged':
      return `removed ${event.files} old ${event.files === 1 ? 'file' : 'files'}`;
    case 'counterExhausted':
      return `used up the transaction numbers of epoch ${event.epoch}`;
    case 'expired':
      return `session ${event.session} has expired`;
    case 'readOnly':
      return event.serving ? 'serves reads only' : 'serves reads no longer';
    case 'refused':
      return `does not start: ${event.reason}`;
    default:
      return null;
  }
}
