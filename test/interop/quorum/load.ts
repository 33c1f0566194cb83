// Clients that write all the time, whatever happens to the servers, and the history of what they were answered.
import { setTimeout as wait } from 'node:timers/promises';
import type { ReadRequest, WriteOp } from '../../../protocol/request.ts';
import { OPEN_ACL_UNSAFE } from '../../../protocol/tree/acl.ts';
import { ErrorCode, OpCode } from '../../../protocol/txn.ts';
import {
  NEVER,
  type Operation,
  type ZnodeInput,
  type ZnodeOutput,
} from '../../../sim/check/linearizability/index.ts';
import { RawClient } from './raw-client.ts';

const KEYS = 12;

/** Nobody knows whether it took effect. */
type Outcome = ZnodeOutput | null;

export class Load {
  readonly history: Operation<ZnodeInput, ZnodeOutput>[] = [];
  /** Answered without an error. */
  done = 0;
  private readonly ports: readonly number[];
  private readonly clients: Promise<void>[];
  private over = false;

  constructor(ports: readonly number[], clients: number) {
    this.ports = ports;
    this.clients = Array.from({ length: clients }, (_, i) => this.write(i));
  }

  /** Waits until so many more writes are done. @throws where they are not within `patience` ms */
  async progress(writes: number, patience = 60_000): Promise<void> {
    const target = this.done + writes;
    const until = Date.now() + patience;
    while (this.done < target) {
      if (Date.now() > until) throw new Error(`${this.done} of ${target} writes after ${patience} ms`);
      await wait(10);
    }
  }

  /** Ends the clients, and reads every node through each server, which belongs to the history. */
  async end(): Promise<void> {
    this.over = true;
    await Promise.all(this.clients);
    for (const port of this.ports) {
      const client = await RawClient.connect(port);
      await client.sync();
      for (let key = 0; key < KEYS; key++) {
        const op = { type: OpCode.getData, path: `/key-${key}`, watch: false } as const;
        await this.record(this.clients.length, op, client);
      }
      await client.close();
    }
  }

  private async write(process: number): Promise<void> {
    let client: RawClient | null = null;
    for (let n = 0; !this.over; n++) {
      if (client === null || client.closed) {
        const port = this.ports[(process + n) % this.ports.length] as number;
        client = await RawClient.connect(port, { patience: 1000, timeout: 4000 }).catch(() => null);
        if (client === null) await wait(20);
        continue;
      }
      // A client that is not answered goes elsewhere.
      const patience = setTimeout(() => client?.drop(), 4000);
      const outcome = await this.record(process, this.draw(process, n), client);
      clearTimeout(patience);
      if (outcome?.err === ErrorCode.OK) this.done++;
    }
    await client?.close();
  }

  private draw(process: number, n: number): WriteOp {
    const path = `/key-${(n * 7 + process) % KEYS}`;
    const data = Buffer.from(`${process}.${n}`);
    switch (n % 5) {
      case 0:
        return { type: OpCode.create2, path, data, acl: OPEN_ACL_UNSAFE, flags: 0 };
      case 1:
        if (n % 15 === 1) return { type: OpCode.delete, path, version: -1 };
        return { type: OpCode.setData, path, data, version: n % 3 };
      default:
        return { type: OpCode.setData, path, data, version: -1 };
    }
  }

  private async record(process: number, op: WriteOp | ReadRequest, client: RawClient): Promise<Outcome> {
    const call = performance.now();
    const input: ZnodeInput = { op, session: client.session };
    let output: Outcome;
    try {
      output = (await client.request(op as Parameters<RawClient['request']>[0])).result;
    } catch {
      output = null;
    }
    const answered = output === null ? NEVER : performance.now();
    this.history.push({ process, call, return: answered, input, output: output ?? undefined });
    return output;
  }
}
