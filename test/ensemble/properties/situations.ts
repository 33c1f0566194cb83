/** What runs have been in, counted: drawn runs prove little if nothing happens in them. */
import { ErrorCode, NO_SESSION, OpCode, type SessionId, type Txn } from '../../../protocol/txn.ts';
import type { Listener, RunSpec, SimEvent } from '../../../sim/index.ts';

/** Situations, each with how often 1,000 drawn runs should at least be in it. */
export const SITUATIONS = {
  SNAP: 20,
  TRUNC: 10,
  'TRUNC+DIFF': 5,
  'DIFF from disk': 20,
  'log roll': 20,
  'counter rollover': 20,
  crash: 20,
  'power loss': 20,
  partition: 20,
  drop: 20,
  'client crash': 20,
  'connection loss': 20,
  'session expired': 20,
  'session resumed elsewhere': 20,
  'session moved': 0,
  'local session upgraded': 20,
  'client ahead refused': 20,
  'watch fired': 20,
  'catch-up event': 10,
  'multi failed': 20,
  'sequential znode': 20,
  'ephemerals deleted with their session': 20,
  'container deleted': 10,
  'TTL deleted': 20,
} as const;
type Situation = keyof typeof SITUATIONS;

/** Counts over several runs. */
export class Tally {
  readonly counts = new Map<string, number>(Object.keys(SITUATIONS).map((name) => [name, 0]));

  add(name: Situation): void {
    this.counts.set(name, (this.counts.get(name) ?? 0) + 1);
  }
}

/** Counts the situations of one run. */
export class Situations implements Listener {
  private readonly tally: Tally;
  private readonly localSessions: boolean;
  /** The server that each session was opened at last. */
  private readonly places = new Map<SessionId, number>();
  /** Paths that were proposed as nodes with a time to live. */
  private readonly ttls = new Set<string>();

  constructor(tally: Tally, spec: RunSpec) {
    this.tally = tally;
    this.localSessions = spec.ensemble.localSessions === true;
  }

  onEvent(): void {
    // Only what is reported counts.
  }

  onProbe(event: SimEvent): void {
    const { tally } = this;
    switch (event.kind) {
      case 'syncChosen':
        if (event.sync !== 'DIFF') tally.add(event.sync);
        else if (event.fromDisk) tally.add('DIFF from disk');
        break;
      case 'logRolled':
        tally.add('log roll');
        break;
      case 'counterExhausted':
        tally.add('counter rollover');
        break;
      case 'crashed':
        tally.add(event.power ? 'power loss' : 'crash');
        break;
      case 'partitioned':
        tally.add('partition');
        break;
      case 'dropped':
        tally.add('drop');
        break;
      case 'clientCrashed':
        tally.add('client crash');
        break;
      case 'expired':
        tally.add('session expired');
        break;
      case 'sessionMoved':
        tally.add('session moved');
        break;
      case 'sessionRefused':
        if (event.reason.includes('seen more')) tally.add('client ahead refused');
        break;
      case 'sessionOpened':
        if (event.resumed && this.places.get(event.session) !== event.server)
          tally.add('session resumed elsewhere');
        this.places.set(event.session, event.server);
        break;
      case 'watchFired':
        tally.add(event.zxid < 0 ? 'catch-up event' : 'watch fired');
        break;
      case 'answered':
        if (event.err === ErrorCode.CONNECTIONLOSS) tally.add('connection loss');
        break;
      case 'proposed':
        this.onProposed(event.session, event.record.txn);
        break;
    }
  }

  private onProposed(session: SessionId, txn: Txn): void {
    const { tally } = this;
    switch (txn.type) {
      case OpCode.multi:
        if (txn.txns.some(({ type }) => type === OpCode.error)) tally.add('multi failed');
        break;
      case OpCode.create:
        if (/\d{10}$/.test(txn.path)) tally.add('sequential znode');
        break;
      case OpCode.createTTL:
        this.ttls.add(txn.path);
        break;
      case OpCode.createSession:
        // A local session has no transaction until it becomes a global one.
        if (this.localSessions) tally.add('local session upgraded');
        break;
      case OpCode.closeSession:
        if (txn.paths.length > 0) tally.add('ephemerals deleted with their session');
        break;
      case OpCode.delete:
        if (session === NO_SESSION) tally.add(this.ttls.has(txn.path) ? 'TTL deleted' : 'container deleted');
        break;
    }
  }
}
