/**
 * What the probes have said of each server and client. It is a monitor that checks nothing: so it is copied with every
 * snapshot and goes back in time with the run, and neither the protocol nor the simulator knows of it.
 */
import type { ClientState, Phase } from '../../protocol/probe.ts';
import { NO_SESSION, type SessionId } from '../../protocol/txn.ts';
import type { Zxid } from '../../protocol/zxid.ts';
import type { Monitor } from '../../sim/monitor.ts';
import type { SimEvent, SimEventKind } from '../../sim/world-event.ts';
import { LOG_TAIL } from './frame.ts';

/** What is known of a server. */
export class ServerEntry {
  phase: Phase | null = null;
  leader = 0;
  round = 0;
  votesFor = 0;
  acceptedEpoch = 0;
  currentEpoch = 0;
  written: Zxid[] = [];
  more = false;
  durable: Zxid = 0;
  acked: Zxid = 0;
  committed: Zxid = 0;
  applied: Zxid = 0;

  /** The log ends at `zxid`. */
  cut(zxid: Zxid): void {
    while (this.written.length > 0 && this.written[this.written.length - 1]! > zxid) this.written.pop();
    this.durable = Math.min(this.durable, zxid);
    this.acked = Math.min(this.acked, zxid);
    this.committed = Math.min(this.committed, zxid);
  }

  write(zxid: Zxid): void {
    this.written.push(zxid);
    if (this.written.length < 2 * LOG_TAIL) return;
    this.written = this.written.slice(-LOG_TAIL);
    this.more = true;
  }
}

/** What is known of a client. */
export class ClientEntry {
  /** It has a handle: its state has been told. */
  known = false;
  state: ClientState = 'CONNECTING';
  session: SessionId = NO_SESSION;
  lastZxid: Zxid = 0;
  asked = 0;
  answered = 0;
}

const KINDS = [
  'acceptedEpoch',
  'acked',
  'answered',
  'applied',
  'clientCrashed',
  'clientState',
  'committed',
  'crashed',
  'currentEpoch',
  'established',
  'fastForwarded',
  'flushed',
  'invoked',
  'loaded',
  'logged',
  'phase',
  'role',
  'round',
  'serving',
  'snapInstalled',
  'truncated',
  'voted',
] as const satisfies readonly SimEventKind[];

export class Ledger implements Monitor {
  readonly ids: readonly string[] = [];
  readonly kinds = KINDS;
  readonly servers = new Map<number, ServerEntry>();
  readonly clients = new Map<number, ClientEntry>();

  server(id: number): ServerEntry {
    const known = this.servers.get(id);
    if (known !== undefined) return known;
    const entry = new ServerEntry();
    this.servers.set(id, entry);
    return entry;
  }

  client(id: number): ClientEntry {
    const known = this.clients.get(id);
    if (known !== undefined) return known;
    const entry = new ClientEntry();
    this.clients.set(id, entry);
    return entry;
  }

  onProbe(event: SimEvent): void {
    switch (event.kind) {
      case 'clientState': {
        const entry = this.client(event.client);
        entry.known = true;
        entry.state = event.state;
        entry.session = event.session;
        entry.lastZxid = event.zxid;
        return;
      }
      case 'invoked':
        this.client(event.client).asked++;
        return;
      case 'answered': {
        const entry = this.client(event.client);
        entry.answered++;
        if (event.zxid > entry.lastZxid) entry.lastZxid = event.zxid;
        return;
      }
      case 'clientCrashed':
        this.clients.set(event.client, new ClientEntry());
        return;
      default:
        this.onServer(event);
    }
  }

  private onServer(event: SimEvent): void {
    const entry = this.server(event.server);
    switch (event.kind) {
      case 'crashed':
        entry.phase = null;
        entry.leader = 0;
        entry.votesFor = 0;
        return;
      case 'loaded':
        entry.acceptedEpoch = event.acceptedEpoch;
        entry.currentEpoch = event.currentEpoch;
        entry.cut(event.zxid);
        entry.durable = event.zxid;
        entry.acked = Math.min(entry.acked, event.zxid);
        entry.committed = 0;
        entry.applied = event.zxid;
        return;
      case 'role':
        entry.leader = Math.max(0, event.leader);
        if (event.role !== 'LOOKING') entry.votesFor = 0;
        return;
      case 'phase':
        entry.phase = event.phase;
        return;
      case 'round':
        entry.round = event.round;
        return;
      case 'voted':
        entry.round = event.round;
        entry.votesFor = event.leader;
        return;
      case 'acceptedEpoch':
      case 'currentEpoch':
        entry[event.kind] = event.epoch;
        return;
      case 'logged':
        entry.write(event.zxid);
        return;
      case 'flushed':
        entry.durable = event.zxid;
        return;
      case 'acked':
        entry.acked = event.zxid;
        return;
      case 'committed':
      case 'established':
      case 'serving':
        entry.committed = Math.max(entry.committed, event.zxid);
        return;
      case 'applied':
        entry.applied = event.zxid;
        if (event.delivered) entry.committed = Math.max(entry.committed, event.zxid);
        return;
      case 'fastForwarded':
        entry.applied = event.zxid;
        return;
      case 'truncated':
        entry.cut(event.zxid);
        entry.applied = Math.min(entry.applied, event.zxid);
        return;
      case 'snapInstalled':
        entry.written = [];
        entry.more = true;
        entry.durable = event.zxid;
        entry.acked = Math.min(entry.acked, event.zxid);
        entry.applied = event.zxid;
        return;
      default:
    }
  }
}
