/**
 * What every server's history is, as its probes tell: the model all Zab properties read. It is fed each event
 * before the properties are; what the event meant stands in the fields from {@link History.node} on.
 */
import type { EnsembleConfig } from '../../protocol/config.ts';
import { serversOf } from '../../protocol/config.ts';
import { quorumOf } from '../../protocol/quorum.ts';
import { counterOf, type Zxid } from '../../protocol/zxid.ts';
import type { SimEvent } from '../world-event.ts';
import { type HistoryNode, HistoryTree, PROPOSED, ROOT } from './history-tree.ts';

/** A leader in its epoch: the history it started from and where its proposals have brought it. */
export class Primary {
  readonly epoch: number;
  readonly leader: number;
  readonly initial: HistoryNode;
  tip: HistoryNode;

  constructor(epoch: number, leader: number, initial: HistoryNode) {
    this.epoch = epoch;
    this.leader = leader;
    this.initial = initial;
    this.tip = initial;
  }
}

/** One server's histories. −1 stands for none. History = snapshot + log (design). */
export class ServerHistory {
  readonly server: number;
  /** Its bit in quorum masks; 0 for an observer. */
  readonly bit: number;
  /** Whether it runs and has loaded its database. */
  loaded = false;
  /** Where snapshot and log end, durable or not. While it is down: what it may find again. */
  logged: HistoryNode = ROOT;
  /** What is on disk whatever happens next. */
  durable: HistoryNode = ROOT;
  /** Where the tree in memory stands: before `logged` while commits are awaited, else where the log lags. */
  applied: HistoryNode = ROOT;
  /** Last delivery of this incarnation: from established or serving until the role ends. */
  delivered: HistoryNode = -1;
  /** Last delivery ever. */
  everDelivered: HistoryNode = ROOT;
  /** Of a leader: its initial history and its last proposal. */
  initial: HistoryNode = -1;
  leading: HistoryNode = -1;
  primary: Primary | null = null;
  /** A leader's snapshot in memory that no durable file holds yet, and the log flushed on top of it. */
  installed: HistoryNode = -1;
  flushedOnTop: HistoryNode = -1;
  /** What the disk held beneath that snapshot: a crash brings it back. */
  beneath: HistoryNode = -1;
  /** What a truncation that is not synced has cut: a power loss may bring it back. */
  undone: HistoryNode = -1;
  /** The tree in memory may hold parts of transactions up to here, as it came from a fuzzy snapshot. */
  fuzzyUntil: Zxid = 0;
  /** Of each snapshot file, by its header zxid: the zxid until which it is fuzzy. */
  readonly snapshots = new Map<Zxid, Zxid>();
  /** The last SNAP streamed to this learner. */
  streamLeader = 0;
  streamZxid: Zxid = -1;
  streamEnd: Zxid = -1;
  streamNode: HistoryNode = ROOT;

  constructor(server: number, bit: number) {
    this.server = server;
    this.bit = bit;
  }
}

/** The model. Amortized constant work per event (logarithmic where a zxid is looked up in a history). */
export class History {
  readonly tree: HistoryTree;
  readonly servers: ServerHistory[] = [];
  /** Primaries by epoch · 256 + leader. */
  readonly primaries = new Map<number, Primary>();
  /** Of each zxid, the node its last broadcast made, and through `sameZxid` those of earlier broadcasts. */
  private readonly broadcast = new Map<Zxid, HistoryNode>();
  private readonly sameZxid = new Map<HistoryNode, HistoryNode>();
  private readonly byId: (ServerHistory | undefined)[] = [];

  /** The history the event is about; where its zxid is not in that history, the last one before it. */
  node: HistoryNode = -1;
  /** Whether that history contains the event's zxid; `E·2³²` is contained in every history. */
  exact = true;
  /** What the event delivers; −1: nothing. */
  delivery: HistoryNode = -1;
  /** The server's delivery before that one, in the same incarnation; −1: this is the jump that starts it. */
  prior: HistoryNode = -1;
  /** The delivery does not come after the prior one; `repeated`: it is contained in it. */
  backwards = false;
  repeated = false;

  constructor(config: EnsembleConfig) {
    const quorum = quorumOf(config);
    let everyone = 0;
    for (const server of serversOf(config)) {
      const bit = quorum.maskOf(server);
      everyone |= bit;
      const history = new ServerHistory(server, bit);
      this.servers.push(history);
      this.byId[server] = history;
    }
    this.tree = new HistoryTree(everyone);
  }

  /** @throws RangeError for a server outside the ensemble. */
  of(server: number): ServerHistory {
    const history = this.byId[server];
    if (history === undefined) throw new RangeError(`server ${server} is not in the ensemble`);
    return history;
  }

  /** The epoch's primary as this leader, if it has got as far as NEWLEADER. */
  primaryOf(epoch: number, leader: number): Primary | undefined {
    return this.primaries.get(epoch * 256 + leader);
  }

  /** Whether some leader proposed this transaction, after whatever history. */
  wasBroadcast(zxid: Zxid, digest: number): boolean {
    let node = this.broadcast.get(zxid);
    while (node !== undefined && this.tree.digest[node] !== digest) node = this.sameZxid.get(node);
    return node !== undefined;
  }

  observe(event: SimEvent): void {
    this.node = -1;
    this.exact = true;
    this.delivery = -1;
    this.prior = -1;
    this.backwards = false;
    this.repeated = false;
    switch (event.kind) {
      case 'proposed':
        this.onProposed(this.of(event.server), event.zxid, event.digest);
        break;
      case 'logged':
        this.onLogged(this.of(event.server), event.zxid, event.digest);
        break;
      case 'flushed':
        this.onFlushed(this.of(event.server), event.zxid);
        break;
      case 'acked':
        this.find(this.of(event.server).logged, event.zxid);
        break;
      case 'committed':
        this.find(this.tipOf(this.of(event.server)), event.zxid);
        break;
      case 'applied':
        this.onApplied(this.of(event.server), event.zxid, event.txnDigest, event.delivered);
        break;
      case 'role': {
        const server = this.of(event.server);
        endRole(server);
        if (event.role === 'LEADING') server.initial = server.leading = server.applied;
        break;
      }
      case 'newLeaderSent':
        this.openPrimary(this.of(event.server), event.epoch);
        break;
      case 'newLeaderAcked':
        this.find(this.of(event.server).logged, event.zxid);
        break;
      case 'established': {
        const server = this.of(event.server);
        this.openPrimary(server, event.epoch);
        // `E·2³²` stands for the whole initial history, even where a broken protocol opens no new epoch.
        const whole = counterOf(event.zxid) === 0 && server.initial >= 0;
        const zxid = whole ? this.tree.zxid[server.initial]! : event.zxid;
        this.jump(server, whole ? server.initial : this.tipOf(server), zxid);
        break;
      }
      case 'serving': {
        const server = this.of(event.server);
        // Where the tree got there without telling (a reload), the log knows.
        const inMemory = this.has(server.applied, event.zxid);
        this.jump(server, inMemory ? server.applied : server.logged, event.zxid);
        break;
      }
      case 'truncated':
        this.onTruncated(this.of(event.server), event.zxid, event.durable);
        break;
      case 'snapStreamed': {
        const leader = this.of(event.server);
        const learner = this.of(event.learner);
        learner.streamLeader = event.server;
        learner.streamZxid = event.zxid;
        learner.streamEnd = event.endZxid;
        learner.streamNode = this.find(this.tipOf(leader), event.zxid);
        break;
      }
      case 'snapInstalled':
        this.onSnapInstalled(this.of(event.server), this.of(event.leader), event.zxid);
        break;
      case 'snapshotTaken':
        this.onSnapshotTaken(this.of(event.server), event.zxid, event.endZxid);
        break;
      case 'fastForwarded':
        this.onFastForwarded(this.of(event.server), event.zxid);
        break;
      case 'loaded':
        this.onLoaded(this.of(event.server), event.zxid, event.snapshotZxid);
        break;
      case 'crashed':
      case 'restarted':
      case 'exited':
      case 'refused': {
        const server = this.of(event.server);
        server.loaded = false;
        endRole(server);
        break;
      }
    }
  }

  private has(tip: HistoryNode, zxid: Zxid): boolean {
    return this.tree.zxid[this.tree.upTo(tip, zxid)] === zxid || counterOf(zxid) === 0 || zxid < 0;
  }

  private find(tip: HistoryNode, zxid: Zxid): HistoryNode {
    this.node = this.tree.upTo(tip, zxid);
    this.exact = this.tree.zxid[this.node] === zxid || counterOf(zxid) === 0 || zxid < 0;
    return this.node;
  }

  /** A leader's proposals; of a server that takes no role, its tree. */
  private tipOf(server: ServerHistory): HistoryNode {
    return server.leading >= 0 ? server.leading : server.applied;
  }

  private openPrimary(server: ServerHistory, epoch: number): void {
    if (server.primary?.epoch === epoch) return;
    const initial = server.initial >= 0 ? server.initial : server.applied;
    const primary = new Primary(epoch, server.server, initial);
    primary.tip = this.tipOf(server);
    server.primary = primary;
    this.primaries.set(epoch * 256 + server.server, primary);
  }

  private jump(server: ServerHistory, tip: HistoryNode, zxid: Zxid): void {
    this.delivery = this.find(tip, zxid);
    server.applied = this.node;
    server.delivered = this.node;
    server.everDelivered = this.node;
  }

  private onProposed(server: ServerHistory, zxid: Zxid, digest: number): void {
    const node = this.tree.child(this.tipOf(server), zxid, digest);
    if (!this.tree.marked(node, PROPOSED)) {
      this.tree.marks[node]! |= PROPOSED;
      const earlier = this.broadcast.get(zxid);
      if (earlier !== undefined) this.sameZxid.set(node, earlier);
      this.broadcast.set(zxid, node);
    }
    server.leading = node;
    if (server.primary !== null) server.primary.tip = node;
    this.node = node;
  }

  private onLogged(server: ServerHistory, zxid: Zxid, digest: number): void {
    const tree = this.tree;
    let parent = server.logged;
    if (zxid <= tree.zxid[parent]!) {
      this.find(parent, zxid);
      // A snapshot may have overtaken the log; appending what it contains changes nothing.
      if (this.exact && tree.digest[this.node] === digest) return;
      parent = this.before(parent, zxid);
      if (!tree.contains(parent, server.durable))
        this.setDurable(server, tree.common(parent, server.durable));
    }
    this.exact = true;
    this.node = tree.child(parent, zxid, digest);
    server.logged = this.node;
  }

  private onFlushed(server: ServerHistory, zxid: Zxid): void {
    const node = this.find(server.logged, zxid);
    if (server.installed >= 0) server.flushedOnTop = node;
    else if (this.tree.depth[node]! > this.tree.depth[server.durable]!) this.setDurable(server, node);
  }

  private onApplied(server: ServerHistory, zxid: Zxid, digest: number, delivered: boolean): void {
    if (!server.loaded && !delivered) return; // Replay into a tree that `loaded` will place.
    const tree = this.tree;
    if (zxid > tree.zxid[server.applied]!) {
      this.node = tree.child(server.applied, zxid, digest);
      server.applied = this.node;
    } else {
      this.find(server.applied, zxid);
      this.backwards = true;
      this.repeated = this.exact && tree.digest[this.node] === digest;
      if (!this.repeated) this.node = tree.child(this.before(server.applied, zxid), zxid, digest);
      this.exact = true;
    }
    if (!delivered) return;
    this.delivery = this.node;
    this.prior = server.delivered;
    if (this.backwards) return;
    server.delivered = this.node;
    server.everDelivered = this.node;
  }

  /** The last transaction before `zxid`. */
  private before(tip: HistoryNode, zxid: Zxid): HistoryNode {
    const node = this.tree.upTo(tip, zxid);
    return this.tree.zxid[node] === zxid ? this.tree.parent[node]! : node;
  }

  private onTruncated(server: ServerHistory, zxid: Zxid, durable: boolean): void {
    const cut = this.find(server.logged, zxid);
    if (durable) server.undone = -1;
    else if (server.undone < 0 && cut !== server.logged) server.undone = server.logged;
    server.logged = cut;
    server.applied = cut;
    if (!this.tree.contains(cut, server.durable))
      this.setDurable(server, this.tree.common(cut, server.durable));
    if (server.installed >= 0 && !this.tree.contains(cut, server.installed)) forgetInstalled(server);
  }

  private onSnapInstalled(server: ServerHistory, leader: ServerHistory, zxid: Zxid): void {
    const streamed = server.streamLeader === leader.server && server.streamZxid === zxid;
    // The leader may have ended its role since it streamed, so what it stood at then is remembered.
    this.find(streamed ? server.streamNode : this.tipOf(leader), zxid);
    if (server.installed < 0) server.beneath = server.logged;
    server.installed = this.node;
    server.flushedOnTop = -1;
    server.logged = this.node;
    server.applied = this.node;
    server.fuzzyUntil = streamed ? server.streamEnd : zxid;
  }

  private onSnapshotTaken(server: ServerHistory, zxid: Zxid, endZxid: Zxid): void {
    const tree = this.tree;
    // A tree that is itself fuzzy makes a file that is fuzzy as long.
    server.snapshots.set(zxid, Math.max(endZxid, server.fuzzyUntil));
    const node = this.find(server.applied, zxid);
    if (!this.exact) return;
    if (server.installed >= 0) {
      if (!tree.contains(node, server.installed)) return;
      const onTop = server.flushedOnTop;
      this.setDurable(server, onTop >= 0 && tree.contains(onTop, node) ? onTop : node);
      forgetInstalled(server);
    }
    // Commits during synchronization may go to the tree alone: then the history ends with the snapshot.
    if (tree.contains(node, server.logged)) server.logged = node;
    if (!tree.contains(server.logged, node)) return;
    if (tree.depth[node]! > tree.depth[server.durable]!) this.setDurable(server, node);
  }

  private onFastForwarded(server: ServerHistory, zxid: Zxid): void {
    this.find(server.logged, zxid);
    if (server.installed >= 0 && !this.tree.contains(this.node, server.installed)) {
      // A broken synchronization: the tree was read again from the disk beneath the installed snapshot.
      server.logged = this.find(server.beneath, zxid);
      forgetInstalled(server);
    }
    if (this.exact) server.applied = this.node;
  }

  private onLoaded(server: ServerHistory, zxid: Zxid, snapshotZxid: Zxid): void {
    const rebooted = !server.loaded;
    const { logged, undone, beneath, installed } = server;
    const replaced = installed >= 0 && snapshotZxid < this.tree.zxid[installed]!;
    let tip = replaced ? beneath : logged;
    if (!this.has(tip, zxid)) {
      if (this.has(logged, zxid)) tip = logged;
      else if (undone >= 0 && this.has(undone, zxid)) tip = undone;
      else if (beneath >= 0 && this.has(beneath, zxid)) tip = beneath;
      // A snapshot of a tree ahead of its log may have reached the disk without telling.
      else if (this.has(server.applied, zxid)) tip = server.applied;
    }
    const node = this.find(tip, zxid);
    server.loaded = true;
    server.logged = node;
    server.applied = node;
    server.fuzzyUntil = server.snapshots.get(snapshotZxid) ?? 0;
    // A reload in the middle of a life reads what was written, synced or not; a boot finds what was on disk.
    if (rebooted) {
      this.setDurable(server, node);
      forgetInstalled(server);
      server.undone = -1;
    } else {
      this.setDurable(server, this.tree.common(node, server.durable));
      if (tip === beneath) forgetInstalled(server);
    }
  }

  private setDurable(server: ServerHistory, target: HistoryNode): void {
    const { parent, depth, durableOn } = this.tree;
    let from = server.durable;
    let to = target;
    server.durable = target;
    if (server.bit === 0) return;
    while (from !== to) {
      if (depth[from]! >= depth[to]!) {
        durableOn[from]! &= ~server.bit;
        from = parent[from]!;
      } else {
        durableOn[to]! |= server.bit;
        to = parent[to]!;
      }
    }
  }
}

function endRole(server: ServerHistory): void {
  server.delivered = -1;
  server.initial = -1;
  server.leading = -1;
  server.primary = null;
}

function forgetInstalled(server: ServerHistory): void {
  server.installed = -1;
  server.flushedOnTop = -1;
  server.beneath = -1;
}
