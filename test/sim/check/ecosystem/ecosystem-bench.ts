import { toBytes } from '../../../../protocol/client/zk.ts';
import { DEFAULT_CONFIG } from '../../../../protocol/config.ts';
import { type MultiPart, OpCode, type Txn, type TxnRecord } from '../../../../protocol/txn.ts';
import { createEcosystemMonitors } from '../../../../sim/check/ecosystem/index.ts';
import type { SimEvent } from '../../../../sim/world-event.ts';

/** Feeds the properties of the ecosystem with what processes tell and what is committed. */
export class EcosystemBench {
  readonly violations: string[] = [];
  private readonly source: { committed: { record: TxnRecord }[] } = { committed: [] };
  private readonly monitors = createEcosystemMonitors(
    {
      config: DEFAULT_CONFIG,
      now: () => 0,
      event: () => 0,
      violate: (property, text) => this.violations.push(`${property}: ${text}`),
    },
    this.source,
  );
  private zxid = 0;

  feed(event: SimEvent): this {
    for (const monitor of this.monitors) if (monitor.kinds.includes(event.kind)) monitor.onProbe(event);
    return this;
  }

  told(client: number, recipe: string, action: string, path = '', token = -1, holder = ''): this {
    return this.feed({ kind: 'told', server: 0, client, recipe, action, path, token, holder });
  }

  started(client: number): this {
    return this.feed({ kind: 'clientStarted', server: 0, client });
  }

  /** A transaction of a session is delivered, under the next zxid. */
  commit(session: string, txn: Txn): this {
    const record: TxnRecord = { kind: 'txn', session, cxid: 1, zxid: ++this.zxid, time: 0, txn, digest: 0 };
    this.source.committed = [{ record }];
    this.feed({ kind: 'applied', server: 1, zxid: this.zxid, delivered: true, digest: 0, txnDigest: 0 });
    this.source.committed = [];
    return this;
  }

  checked(id: string): boolean {
    return this.monitors.some((monitor) => monitor.checked?.(id));
  }
}

export function created(path: string, data = '', ephemeral = false): MultiPart {
  return { type: OpCode.create, path, data: toBytes(data), acl: [], ephemeral, parentCVersion: 1 };
}
export function changed(path: string, data: string): MultiPart {
  return { type: OpCode.setData, path, data: toBytes(data), version: 1 };
}
export function closed(...paths: string[]): Txn {
  return { type: OpCode.closeSession, paths };
}
