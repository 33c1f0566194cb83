/**
 * The writes of a simulated run as its clients saw them, for the black-box checker: no zxid, no log. Plain reads may be stale
 * and are left out.
 */
import { CreateFlag, isWrite, type MultiOp, type WriteOp } from '../../../protocol/request.ts';
import { ErrorCode, NO_SESSION, OpCode, type SessionId } from '../../../protocol/txn.ts';
import type { Catalog } from '../../catalog.ts';
import type { Monitor, MonitorContext } from '../../monitor.ts';
import { type RunResult, Simulation } from '../../simulation.ts';
import type { RunSpec } from '../../spec.ts';
import type { SimEvent, SimEventKind } from '../../world-event.ts';
import { History } from '../history.ts';
import { HistoryMonitor } from '../history-monitor.ts';
import type { Operation as ClientOperation } from '../service/operation.ts';
import { ServiceHistory, ServiceHistoryMonitor } from '../service/service-history.ts';
import type { ZnodeInput, ZnodeOutput } from './models/znode-operation.ts';
import { topOf } from './models/znode-partition.ts';
import { NEVER, type Operation } from './operation.ts';

type Write = Operation<ZnodeInput, ZnodeOutput>;

/** Servers' own operations: the end of a session, the deletion of a node that nobody needs. */
const SERVER = 0;

/** Keeps every write that a client asks for; who the client was then, {@link ServiceHistory} knows. */
class WriteRecorder implements Monitor {
  readonly ids: readonly string[] = [];
  readonly kinds: readonly SimEventKind[] = ['invoked'];
  readonly service: ServiceHistory;
  readonly operations: ClientOperation[] = [];

  constructor(service: ServiceHistory) {
    this.service = service;
  }

  onProbe(_event: SimEvent): void {
    const { operation } = this.service;
    if (operation !== null && isWrite(operation.request)) this.operations.push(operation);
  }
}

/** A run and its writes. */
export interface RunWrites {
  readonly result: RunResult;
  /** For the model of znodes; times are indices of events. */
  readonly writes: readonly Write[];
}

/** Runs to the end and tells the writes. */
export function runWrites(spec: RunSpec, catalog: Catalog): RunWrites {
  const simulation = new Simulation(spec, {
    ...catalog,
    monitors: (ctx: MonitorContext) => {
      const history = new History(ctx.config);
      const service = new ServiceHistory(ctx, history);
      return [
        ...catalog.monitors(ctx),
        new HistoryMonitor(history),
        new ServiceHistoryMonitor(service),
        new WriteRecorder(service),
      ];
    },
  });
  simulation.run();
  const recorder = simulation.world.monitors.find((monitor) => monitor instanceof WriteRecorder);
  return { result: simulation.result(), writes: writesOf(recorder?.operations ?? []) };
}

function writesOf(operations: readonly ClientOperation[]): Write[] {
  const writes: Write[] = [];
  const owned = new Map<SessionId, Map<string, number>>();
  const blind = new Set<string>();
  for (const operation of operations) {
    const { client, request, invokedAt, answeredAt, sentAt, session, who, result } = operation;
    // What was not sent, no server did.
    if (!isWrite(request) || sentAt === 0) continue;
    const answered = answeredAt > 0 && operation.zxid >= 0 && result !== null;
    const times = { process: client, call: invokedAt, return: answered ? answeredAt : NEVER };
    const output = answered ? result : undefined;
    for (const [i, part] of partsOf(request).entries()) {
      if (!('flags' in part)) continue;
      const path = answered ? (result.results?.[i]?.path ?? result.path) : undefined;
      const top = topOf(part.path);
      if (isEphemeral(part.flags)) {
        const tops = owned.get(session) ?? new Map<string, number>();
        if (!tops.has(top)) tops.set(top, invokedAt);
        owned.set(session, tops);
      }
      if (!mayBeReaped(part.flags)) continue;
      if (path === undefined && isNumbered(part.flags) && !answered) blind.add(top);
      const reaped = path ?? part.path;
      writes.push(
        byServer(invokedAt, { session: NO_SESSION, op: { type: OpCode.deleteContainer, path: reaped } }),
      );
    }
    if (request.type !== OpCode.closeSession) {
      writes.push({ ...times, input: { op: request, session, who }, output });
      continue;
    }
    if (answered && result.err !== ErrorCode.OK) continue;
    // Each subtree by itself, or all that the session has ever touched would be one partition.
    for (const within of owned.get(session)?.keys() ?? []) {
      writes.push({ ...times, input: { op: request, session, within }, output });
    }
  }
  for (const [session, tops] of owned) {
    for (const [within, since] of tops) {
      writes.push(byServer(since, { session, op: { type: OpCode.closeSession }, within }));
    }
  }
  // Where a numbered node may have been deleted whose number nobody was told, nothing can be said.
  const told = ({ input }: Write): boolean =>
    partsOf(input.op as WriteOp).every((part) => !('path' in part) || !blind.has(topOf(part.path)));
  return (blind.size === 0 ? writes : writes.filter(told)).sort((a, b) => a.call - b.call);
}

function byServer(since: number, input: ZnodeInput): Write {
  return { process: SERVER, call: since, return: NEVER, input, output: undefined };
}

function partsOf(op: WriteOp): readonly (WriteOp | MultiOp)[] {
  return op.type === OpCode.multi ? op.ops : [op];
}

function isEphemeral(flags: number): boolean {
  return flags === CreateFlag.EPHEMERAL || flags === CreateFlag.EPHEMERAL_SEQUENTIAL;
}

function mayBeReaped(flags: number): boolean {
  return flags >= CreateFlag.CONTAINER && flags <= CreateFlag.PERSISTENT_SEQUENTIAL_WITH_TTL;
}

function isNumbered(flags: number): boolean {
  return flags === CreateFlag.PERSISTENT_SEQUENTIAL_WITH_TTL;
}
