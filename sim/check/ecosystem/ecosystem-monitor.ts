import { OpCode, type TxnRecord } from '../../../protocol/txn.ts';
import type { Monitor } from '../../monitor.ts';
import type { SimEvent, SimEventKind } from '../../world-event.ts';
import type { Rule, Write } from './rule.ts';

/** Where the transactions stand that an event delivers for the first time, in order. */
export interface CommittedSource {
  readonly committed: readonly { readonly record: TxnRecord }[];
}

/** Hands events to the rules of the systems they are about; costs nothing where a run has none of them. */
export class EcosystemMonitor implements Monitor {
  readonly ids: readonly string[];
  readonly kinds: readonly SimEventKind[] = ['told', 'clientStarted', 'established', 'serving', 'applied'];
  private readonly rules: readonly Rule[];
  private readonly source: CommittedSource;
  private readonly bySystem: ReadonlyMap<string, Rule>;
  /** By the first name of a path. */
  private readonly byRoot: ReadonlyMap<string, Rule>;

  constructor(source: CommittedSource, rules: readonly Rule[]) {
    this.source = source;
    this.rules = rules;
    this.ids = rules.map(({ property }) => property.id);
    this.bySystem = new Map(rules.map((rule) => [rule.system, rule]));
    this.byRoot = new Map(rules.flatMap((rule) => rule.roots.map((root) => [root, rule] as const)));
  }

  checked(id: string): boolean {
    return this.rules.some(({ property, tested }) => property.id === id && tested);
  }

  onProbe(event: SimEvent): void {
    if (event.kind === 'told') this.bySystem.get(event.recipe)?.onTold(event);
    else if (event.kind === 'clientStarted') for (const rule of this.rules) rule.onStart(event.client);
    else for (const { record } of this.source.committed) this.commit(record);
  }

  private commit(record: TxnRecord): void {
    const { txn } = record;
    const parts = txn.type === OpCode.multi ? txn.txns : [txn];
    for (const part of parts) {
      switch (part.type) {
        case OpCode.create:
          this.write('created', part.path, record, part.data, part.ephemeral);
          break;
        case OpCode.createContainer:
        case OpCode.createTTL:
          this.write('created', part.path, record, part.data, false);
          break;
        case OpCode.setData:
          this.write('data', part.path, record, part.data, false);
          break;
        case OpCode.delete:
          this.write('deleted', part.path, record, null, false);
          break;
        case OpCode.closeSession:
          for (const path of part.paths) this.write('deleted', path, record, null, true);
          break;
      }
    }
  }

  private write(
    kind: Write['kind'],
    path: string,
    { session, zxid }: TxnRecord,
    data: Uint8Array | null,
    ephemeral: boolean,
  ): void {
    const end = path.indexOf('/', 1);
    const rule = this.byRoot.get(path.slice(1, end < 0 ? path.length : end));
    rule?.onWrite({ kind, path, zxid, session, data, ephemeral });
  }
}
