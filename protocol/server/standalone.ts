/** A server alone: Prep, Sync, Final (org.apache.zookeeper.server.ZooKeeperServerMain). */
import type { ChannelId, Message } from '../host.ts';
import type { WriteOp } from '../request.ts';
import type { TxnRecord } from '../txn.ts';
import { counterOf, epochOf, makeZxid, type Zxid } from '../zxid.ts';
import { COMMIT_STEP, Committer, isWrite } from './committer.ts';
import type { LocalRequest, Role, Server } from './context.ts';
import { OutstandingChanges } from './prepare.ts';

export class Standalone implements Role {
  private readonly server: Server;
  private readonly changes: OutstandingChanges = new OutstandingChanges();
  private readonly committer: Committer;
  private lastProposed: Zxid;
  readonly serving = true;

  constructor(server: Server) {
    this.server = server;
    this.committer = new Committer(server, this, false);
    this.lastProposed = server.database.lastProcessedZxid;
  }

  start(): void {
    const { host, id, logWriter } = this.server;
    logWriter.open(this);
    const epoch = epochOf(this.lastProposed);
    if (host.probing) host.probe({ kind: 'established', server: id, epoch, zxid: this.lastProposed });
    this.server.phase('BROADCAST', epoch);
  }

  stop(): void {
    // It has no channels of its own.
  }

  submit(request: LocalRequest): void {
    const { host, id, database, config, logWriter } = this.server;
    this.committer.process(request);
    if (!isWrite(request.op)) return;
    const epoch = epochOf(this.lastProposed);
    const counter = counterOf(this.lastProposed) + 1;
    const zxid = counter >= config.counterLimit ? makeZxid(epoch + 1, 1) : makeZxid(epoch, counter);
    this.lastProposed = zxid;
    const op = request.op as WriteOp;
    const record = this.changes.prepare(
      database.tree,
      op,
      request.session,
      request.cxid,
      zxid,
      host.wallClock(),
    );
    if (host.probing) host.probe({ kind: 'proposed', server: id, zxid, digest: record.digest });
    logWriter.add(record);
  }

  onFlushed(record: TxnRecord): void {
    const { host, id } = this.server;
    const { zxid } = record;
    if (host.probing) {
      host.probe({ kind: 'acked', server: id, leader: id, zxid });
      host.probe({ kind: 'committed', server: id, zxid });
    }
    this.committer.commit(record);
  }

  onApplied(record: TxnRecord): void {
    this.changes.applied(record.zxid);
  }

  onStep(name: string, arg: number): void {
    if (name === COMMIT_STEP && arg === this.server.term) this.committer.onStep();
  }

  onAccept(channel: ChannelId): void {
    this.server.host.close(channel);
  }
  onConnected(_channel: ChannelId): void {}
  onMessage(_channel: ChannelId, _message: Message): void {}
  onClosed(_channel: ChannelId): void {}
  onTimer(_name: string, _arg: number): void {}
  onDurable(_name: string): void {}
}
