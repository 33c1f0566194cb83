/**
 * A Kafka broker (before KRaft): an ephemeral `/brokers/ids/<id>`; the controller is who creates the ephemeral
 * `/controller` and, in the same multi, raises `/controller_epoch` (KafkaZkClient,
 * registerControllerAndIncrementControllerEpoch). Whatever a controller writes checks the version of `/controller_epoch`; each of its
 * orders carries the epoch, and brokers refuse an epoch older than one they have seen (LeaderAndIsr,
 * STALE_CONTROLLER_EPOCH).
 */
import type { Step, Zk } from '../../../protocol/client/api.ts';
import { ensurePath, isError, isLoss, repeat, settle } from '../../../protocol/client/recipes/index.ts';
import { readText } from '../../../protocol/client/recipes/text.ts';
import { createRequest, toBytes } from '../../../protocol/client/zk.ts';
import { CreateFlag, type MultiOp } from '../../../protocol/request.ts';
import { ErrorCode, OpCode } from '../../../protocol/txn.ts';
import { arrayOf, field, numberIn } from '../../shape.ts';
import { enlist } from './ephemeral.ts';
import { type Part, send } from './process.ts';
import { begin, SPAN_MEMBERS, type SpanParams } from './span.ts';

interface BrokerParams extends SpanParams {
  /** Its broker id. */
  readonly broker: number;
  /** Places of all brokers among the run's clients, its own too. */
  readonly brokers: readonly number[];
}

const CONTROLLER = '/controller';
const EPOCH = '/controller_epoch';
const BROKERS = '/brokers/ids';
const PARTITION = '/brokers/topics/orders/partitions/0/state';
const SYSTEM = 'kafka';
const PAUSE_MS = 400;

/** A controller in office. */
interface Office {
  readonly epoch: number;
  /** Version of `/controller_epoch`. */
  readonly version: number;
}

export const kafkaBroker: Part = {
  system: SYSTEM,
  members: {
    broker: field(numberIn(0, 1e6, true)),
    brokers: field(arrayOf(numberIn(1, 1e6, true))),
    ...SPAN_MEMBERS,
  },
  program(raw, settings) {
    const params = raw as unknown as BrokerParams;
    return function* (zk) {
      yield* run(zk, params, yield* begin(zk, params, settings));
    };
  },
  judge(memory, order) {
    const seen = (memory.get('epoch') as number | undefined) ?? 0;
    if (order.token < seen) return { accepted: false, action: 'refused' };
    memory.set('epoch', order.token);
    // Told once per epoch: it would be told at each order otherwise.
    return { accepted: true, action: order.token === seen ? '' : 'obeyed' };
  },
};

function* run(zk: Zk, params: BrokerParams, until: number): Step<void> {
  yield* ensurePath(zk, BROKERS);
  yield* enlist(zk, `${BROKERS}/${params.broker}`, '');
  while ((yield* zk.now()) < until) {
    yield* zk.forgetEvents(CONTROLLER);
    if ((yield* repeat(zk, () => zk.exists(CONTROLLER, true))) === null) {
      const office = yield* elect(zk, params.broker);
      if (office === null) continue;
      const about = { path: CONTROLLER, token: office.epoch, holder: `broker ${params.broker}` };
      yield* zk.tell(SYSTEM, 'elected', about);
      yield* govern(zk, params, until, office);
      yield* zk.tell(SYSTEM, 'resigned', about);
    } else if ((yield* zk.event(CONTROLLER, until)) === null) return;
  }
}

/** Tries to become controller. Null: another was faster. */
function* elect(zk: Zk, broker: number): Step<Office | null> {
  const { epoch, version } = yield* currentEpoch(zk);
  const next = epoch + 1;
  const ops: MultiOp[] = [
    createRequest(CONTROLLER, `{"brokerid":${broker}}`, { mode: CreateFlag.EPHEMERAL }, false),
    { type: OpCode.setData, path: EPOCH, data: toBytes(String(next)), version },
  ];
  try {
    const results = yield* zk.multi(ops);
    return { epoch: next, version: results[1]!.stat!.version };
  } catch (error) {
    if (isError(error, ErrorCode.NODEEXISTS, ErrorCode.BADVERSION)) return null;
    if (!isLoss(error)) throw error;
  }
  // It may have taken effect: then this session owns the node, and nobody else raised the epoch meanwhile.
  yield* settle(zk);
  const own = (yield* zk.session()).id;
  const stat = yield* repeat(zk, () => zk.exists(CONTROLLER));
  if (stat?.ephemeralOwner !== own) return null;
  return { epoch: next, version: version + 1 };
}

function* currentEpoch(zk: Zk): Step<{ epoch: number; version: number }> {
  for (;;) {
    try {
      const { data, stat } = yield* repeat(zk, () => zk.getData(EPOCH));
      return { epoch: Number(readText(data)), version: stat.version };
    } catch (error) {
      if (!isError(error, ErrorCode.NONODE)) throw error;
    }
    try {
      yield* repeat(zk, () => zk.create(EPOCH, '0'));
    } catch (error) {
      if (!isError(error, ErrorCode.NODEEXISTS)) throw error;
    }
  }
}

/** Orders and writes until it learns that another governs. */
function* govern(zk: Zk, params: BrokerParams, until: number, office: Office): Step<void> {
  const { broker, brokers } = params;
  const { epoch, version } = office;
  yield* ensurePath(zk, PARTITION);
  while ((yield* zk.now()) < until) {
    for (const place of brokers) {
      yield* send(zk, place, {
        order: 'LeaderAndIsr',
        about: PARTITION,
        token: epoch,
        from: `broker ${broker}`,
      });
    }
    const ops: MultiOp[] = [
      { type: OpCode.check, path: EPOCH, version },
      {
        type: OpCode.setData,
        path: PARTITION,
        data: toBytes(`{"controller_epoch":${epoch},"leader":${broker}}`),
        version: -1,
      },
    ];
    try {
      yield* repeat(zk, () => zk.multi(ops));
    } catch (error) {
      // ControllerMovedException.
      if (isError(error, ErrorCode.BADVERSION)) return;
      throw error;
    }
    yield* zk.tell(SYSTEM, 'published', { path: PARTITION, token: epoch, holder: `broker ${broker}` });
    yield* zk.sleep(PAUSE_MS);
  }
}
