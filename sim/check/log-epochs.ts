import { epochOf, formatEpochCounter, type Zxid } from '../../protocol/zxid.ts';
import type { MonitorContext } from '../monitor.ts';
import type { SimEvent, SimEventKind } from '../world-event.ts';
import type { History } from './history.ts';
import { isStandalone, type Property, PropertyMonitor } from './property-monitor.ts';

/**
 * f.p, f.a and their order in the DSN'11 Zab paper, section 4; QuorumPeer's acceptedEpoch and currentEpoch.
 */
export const logEpochs: Property = {
  id: 'LOG-EPOCHS',
  title: 'Epochs only grow',
  statement:
    'acceptedEpoch ≥ currentEpoch, both only grow; epoch of the last logged zxid ≤ acceptedEpoch, and ≤ ' +
    'currentEpoch once NEWLEADER is acked',
};

const EPOCH_KINDS: readonly SimEventKind[] = [
  'acceptedEpoch',
  'currentEpoch',
  'loaded',
  'logged',
  'newLeaderAcked',
  'established',
  'role',
  'crashed',
  'exited',
];

/** The epochs a server has on disk. */
class ServerEpochs {
  accepted = 0;
  current = 0;
  /** NEWLEADER is acked (or, of a leader, by a quorum) in the role it has now. */
  synced = false;
}

/**
 * Checks {@link logEpochs}. At boot an epoch of the last zxid in (currentEpoch, acceptedEpoch] is legal
 * (design).
 */
export class LogEpochs extends PropertyMonitor {
  readonly kinds: readonly SimEventKind[];
  private readonly history: History;
  private readonly epochs = new Map<number, ServerEpochs>();

  constructor(ctx: MonitorContext, history: History) {
    super(ctx, logEpochs);
    // A standalone server has no epochs but those of its zxids.
    this.kinds = isStandalone(ctx.config) ? [] : EPOCH_KINDS;
    this.history = history;
  }

  onProbe(event: SimEvent): void {
    switch (event.kind) {
      case 'acceptedEpoch': {
        const epochs = this.of(event.server);
        this.tested = true;
        this.grow(event.server, 'acceptedEpoch', epochs.accepted, event.epoch);
        epochs.accepted = event.epoch;
        this.compare(event.server, epochs);
        break;
      }
      case 'currentEpoch': {
        const epochs = this.of(event.server);
        this.tested = true;
        this.grow(event.server, 'currentEpoch', epochs.current, event.epoch);
        epochs.current = event.epoch;
        this.compare(event.server, epochs);
        break;
      }
      case 'loaded': {
        const epochs = this.of(event.server);
        this.grow(event.server, 'acceptedEpoch', epochs.accepted, event.acceptedEpoch);
        this.grow(event.server, 'currentEpoch', epochs.current, event.currentEpoch);
        epochs.accepted = event.acceptedEpoch;
        epochs.current = event.currentEpoch;
        this.compare(event.server, epochs);
        this.bound(event.server, event.zxid, 'acceptedEpoch', epochs.accepted);
        break;
      }
      case 'logged': {
        const epochs = this.of(event.server);
        this.tested = true;
        if (epochs.synced) this.bound(event.server, event.zxid, 'currentEpoch', epochs.current);
        else this.bound(event.server, event.zxid, 'acceptedEpoch', epochs.accepted);
        break;
      }
      case 'newLeaderAcked': {
        const epochs = this.of(event.server);
        epochs.synced = true;
        this.bound(event.server, this.lastLogged(event.server), 'currentEpoch', epochs.current);
        if (event.epoch > epochs.current) {
          this.report(
            `server ${event.server} acknowledged NEWLEADER of epoch ${event.epoch} while ` +
              `its currentEpoch is ${epochs.current}`,
          );
        }
        break;
      }
      case 'established': {
        const epochs = this.of(event.server);
        epochs.synced = true;
        this.bound(event.server, this.lastLogged(event.server), 'currentEpoch', epochs.current);
        break;
      }
      case 'role':
      case 'crashed':
      case 'exited':
        this.of(event.server).synced = false;
        break;
    }
  }

  private of(server: number): ServerEpochs {
    let epochs = this.epochs.get(server);
    if (epochs === undefined) {
      epochs = new ServerEpochs();
      this.epochs.set(server, epochs);
    }
    return epochs;
  }

  private lastLogged(server: number): Zxid {
    return this.history.tree.zxid[this.history.of(server).logged]!;
  }

  private grow(server: number, file: string, before: number, epoch: number): void {
    if (epoch < before) this.report(`${file} of server ${server} fell from ${before} to ${epoch}`);
  }

  private compare(server: number, epochs: ServerEpochs): void {
    if (epochs.accepted >= epochs.current) return;
    this.report(
      `server ${server} has acceptedEpoch ${epochs.accepted}, ` +
        `which is lower than its currentEpoch ${epochs.current}`,
    );
  }

  private bound(server: number, zxid: Zxid, file: string, epoch: number): void {
    if (epochOf(zxid) <= epoch) return;
    this.report(
      `server ${server} has ${formatEpochCounter(zxid)} in its history while its ${file} is ${epoch}`,
    );
  }
}
