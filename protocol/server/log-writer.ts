/** Writes the log and flushes in groups (org.apache.zookeeper.server.SyncRequestProcessor). */
import type { TxnRecord } from '../txn.ts';
import type { Role, Server } from './context.ts';
import type { Continuation } from './durable.ts';

export const LOG_STEP = 'log';

/** One thread of Apache's: takes a record a step; while a flush is under way it takes none. */
export class LogWriter {
  private readonly server: Server;
  private queue: TxnRecord[] = [];
  private toFlush: TxnRecord[] = [];
  private flushing: TxnRecord[] | null = null;
  /** When the flush under way began, ms. */
  private flushedAt = 0;
  private scheduled = false;
  private sinceRoll = 0;
  private rollAfter = 0;
  /** Who is told of flushed records; null while no role runs. */
  private role: Role | null = null;
  /** How many of the oldest records were accepted by a role that has ended. */
  private orphans = 0;
  private readonly done: Continuation = { to: 'log', name: 'flushed', arg: 0 };

  constructor(server: Server) {
    this.server = server;
  }

  /** A role begins: flushed records are its affair from now on. */
  open(role: Role): void {
    this.role = role;
    if (this.rollAfter === 0) this.drawRoll();
  }

  /** Everything accepted is on disk. */
  get idle(): boolean {
    return this.queue.length === 0 && this.toFlush.length === 0 && this.flushing === null;
  }

  add(record: TxnRecord): void {
    this.queue.push(record);
    this.scheduleStep();
  }

  onStep(): void {
    this.scheduled = false;
    if (this.flushing !== null) return;
    if (this.rollDue && this.toFlush.length > 0) {
      // LOG-12: a file is durable before the next begins, so that a crash leaves no hole between them.
      this.flush();
      return;
    }
    const record = this.queue.shift();
    if (record === undefined) return;
    this.append(record);
    if (this.queue.length === 0 || this.toFlush.length >= this.server.config.maxBatchSize) this.flush();
    else this.scheduleStep();
  }

  onFlushed(): void {
    const flushed = this.flushing ?? [];
    this.flushing = null;
    const last = flushed.at(-1);
    const { host, id, rules, statistics } = this.server;
    statistics.flush.add(host.now() - this.flushedAt);
    statistics.batch.add(flushed.length);
    if (last !== undefined && host.probing) host.probe({ kind: 'flushed', server: id, zxid: last.zxid });
    for (const record of flushed) {
      if (this.orphans > 0) this.orphans--;
      else if (rules.zab.acksAfterFlush) this.role?.onFlushed(record);
    }
    if (this.queue.length > 0) this.scheduleStep();
    else if (this.toFlush.length > 0) this.flush();
  }

  /** A flush has failed, and the role will end: what was accepted is lost. */
  onFailed(): void {
    this.queue = [];
    this.toFlush = [];
    this.flushing = null;
    this.orphans = 0;
    this.server.database.log.roll();
  }

  /** The role ends: what was accepted is still written and flushed, but nobody is told (ZOOKEEPER-4712). */
  close(): void {
    this.role = null;
    if (!this.server.rules.server.drainsLog) {
      this.orphans = this.queue.length + this.toFlush.length + (this.flushing?.length ?? 0);
      return;
    }
    for (const record of this.queue) this.append(record);
    this.queue = [];
    if (this.flushing === null) this.flush();
  }

  private get rollDue(): boolean {
    return this.sinceRoll >= this.rollAfter && this.role !== null;
  }

  private append(record: TxnRecord): void {
    const { host, id, database, rules } = this.server;
    // ZAB-19: a snapshot is due after a jittered number of transactions, and the log rolls with it.
    if (this.rollDue) {
      this.sinceRoll = 0;
      this.drawRoll();
      database.log.roll();
      if (host.probing) host.probe({ kind: 'logRolled', server: id, zxid: record.zxid });
      this.server.startSnapshot();
    }
    this.sinceRoll++;
    database.log.append(record);
    if (host.probing) host.probe({ kind: 'logged', server: id, zxid: record.zxid, digest: record.digest });
    this.toFlush.push(record);
    if (!rules.zab.acksAfterFlush) this.role?.onFlushed(record);
  }

  private flush(): void {
    const flushes = this.server.database.log.takeFlushes();
    if (flushes.length === 0) return;
    this.flushing = this.toFlush;
    this.flushedAt = this.server.host.now();
    this.toFlush = [];
    this.server.durable.run(flushes, this.done);
  }

  private drawRoll(): void {
    const half = Math.floor(this.server.config.snapCount / 2);
    this.rollAfter = half + Math.floor(this.server.host.random() * half);
  }

  private scheduleStep(): void {
    if (this.scheduled || this.flushing !== null) return;
    this.scheduled = true;
    this.server.host.schedule(LOG_STEP, 0);
  }
}
