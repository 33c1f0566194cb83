/** What an event of the queue is, in a few words; what came of it, `sim/sentences.ts` says. */

import type { ClientRequest, WatchEvent } from '../../protocol/client-messages.ts';
import type { Notification } from '../../protocol/election/vote.ts';
import type { Message } from '../../protocol/host.ts';
import type { Reply } from '../../protocol/request.ts';
import type { TxnRecord } from '../../protocol/txn.ts';
import { formatZxid } from '../../protocol/zxid.ts';
import { EventKind, type QueuedEvent } from '../../sim/queue.ts';
import { errorName, opName, subjectName } from '../../sim/sentences.ts';
import type { Family } from './frame.ts';

const FAMILIES: Readonly<Record<string, Family>> = {
  notification: 'election',
  electionHello: 'election',
  PROPOSAL: 'proposal',
  INFORM: 'commit',
  COMMIT: 'commit',
  ACK: 'ack',
  PING: 'ping',
  connect: 'client',
  connected: 'client',
  request: 'client',
  reply: 'client',
  watchEvent: 'client',
  isro: 'client',
  isroAnswer: 'client',
  REQUEST: 'client',
  REVALIDATE: 'client',
  SYNC: 'client',
};

/** What messages of a kind are about. Whatever a leader and a learner say to each other besides is synchronization. */
export function familyOfKind(kind: string): Family {
  return FAMILIES[kind] ?? 'sync';
}

export function familyOf(message: Message | null): Family {
  return message === null ? 'line' : familyOfKind(message.kind);
}

/** A message with what it carries. */
export function messageText(message: Message): string {
  switch (message.kind) {
    case 'notification': {
      const { leader, electionEpoch, state } = message as Notification;
      const round = `round ${electionEpoch}`;
      if (state !== 'LOOKING') return leader > 0 ? `leader is ${leader}` : 'no leader';
      return leader > 0 ? `vote ${leader}, ${round}` : `no vote, ${round}`;
    }
    case 'electionHello':
      return 'hello';
    case 'request': {
      const { op } = message as ClientRequest;
      return `${opName(op.type)}${'path' in op ? ` ${op.path}` : ''}`;
    }
    case 'reply': {
      const { result, zxid } = message as Reply;
      if (result.err !== 0) return errorName(result.err);
      return zxid > 0 ? `reply ${formatZxid(zxid)}` : 'reply';
    }
    case 'watchEvent':
      return `watch ${(message as WatchEvent).path}`;
    default: {
      const { kind, zxid, epoch, record } = message as Message & {
        readonly zxid?: number;
        readonly epoch?: number;
        readonly record?: TxnRecord;
      };
      const at = record?.zxid ?? zxid;
      if (at !== undefined && at > 0) return `${kind} ${formatZxid(at)}`;
      return epoch === undefined ? kind : `${kind} epoch ${epoch}`;
    }
  }
}

/** `server 3`, `client 1`. */
export function machineText(id: number): string {
  const name = subjectName(id);
  return name.startsWith('c') ? `client ${name.slice(1)}` : `server ${name}`;
}

const OUTSIDE_TEXTS: Readonly<Record<string, string>> = {
  open: 'a client connects',
  bytes: 'gets bytes',
  drained: 'hears that its answers have left',
  goOn: 'reads on what came',
  close: 'a client closes its connection',
  reset: 'a connection breaks',
};

/** What happens, with the machine that handles the event as its subject. */
export function eventText(event: QueuedEvent): string {
  const peer = event.end === null ? '' : machineText(event.end.peer.machine.id);
  switch (event.kind) {
    case EventKind.TIMER:
      return `timer ${event.name}`;
    case EventKind.STEP:
      return `step ${event.name}`;
    case EventKind.SYN:
      return `${peer} dials`;
    case EventKind.ACCEPTED:
      return `${peer} accepts the connection`;
    case EventKind.REFUSED:
      return `${peer} cannot be reached`;
    case EventKind.MESSAGE:
    case EventKind.SERVED:
      return event.message === null ? 'serves what came' : `gets ${messageText(event.message)} from ${peer}`;
    case EventKind.FIN:
      return `${peer} closes the connection`;
    case EventKind.RESET:
    case EventKind.ABORT:
      return `the connection with ${peer} is reset`;
    case EventKind.DRAINED:
      return `there is room to send to ${peer} again`;
    case EventKind.DURABLE:
      return 'a write is on disk';
    case EventKind.START:
      return 'its process starts';
    case EventKind.RESUME:
      return 'its process goes on';
    case EventKind.OUTSIDE:
      return `${OUTSIDE_TEXTS[event.name] ?? 'something comes'} from outside`;
    case EventKind.SILENCE:
      return 'looks for connections from outside that are silent';
    default:
      return 'a fault strikes';
  }
}
