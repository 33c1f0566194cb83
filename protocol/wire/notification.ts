/** Election messages (QuorumCnxManager.InitialMessage, FastLeaderElection.buildMsg). */
import type { ElectionHello, Notification } from '../election/vote.ts';
import type { Role } from '../probe.ts';
import { epochOf } from '../zxid.ts';
import { JuteError, type JuteReader, type JuteWriter } from './jute.ts';

/** ZOOKEEPER-107: one address. */
const HELLO_VERSION_1 = -65536;
/** ZOOKEEPER-3188: several addresses, joined by `|`. */
const HELLO_VERSION_2 = -65535;
/** Most bytes of addresses. */
const MAX_ADDRESSES = 2048;

const NOTIFICATION_VERSION = 2;
/** Lengths of the forms without peerEpoch, and without version. */
const FORM_28 = 28;
const FORM_40 = 40;

/** QuorumPeer.ServerState, by its ordinal. */
const STATES: readonly Role[] = ['LOOKING', 'FOLLOWING', 'LEADING', 'OBSERVING'];

/** @param address `host:port` at which the sender can be dialled back */
export function writeHello(writer: JuteWriter, hello: ElectionHello, address: string): void {
  writer.long(HELLO_VERSION_1).long(hello.sid).string(address);
}

/** The address is passed over; servers before 3.5 said only their id. @throws JuteError */
export function readHello(reader: JuteReader): ElectionHello {
  const version = reader.long();
  if (version >= 0) return { kind: 'electionHello', sid: version };
  if (version !== HELLO_VERSION_1 && version !== HELLO_VERSION_2) {
    throw new JuteError(`election protocol version ${version} is unknown`);
  }
  const sid = reader.long();
  const length = reader.int();
  if (length <= 0 || length > MAX_ADDRESSES) throw new JuteError(`an address of ${length} bytes`);
  for (let i = 0; i < length; i++) reader.byte();
  return { kind: 'electionHello', sid };
}

/** @param config the sender's configuration as text */
export function writeNotification(writer: JuteWriter, notification: Notification, config: string): void {
  const { leader, zxid, electionEpoch, peerEpoch, state } = notification;
  writer.int(STATES.indexOf(state)).long(leader).long(zxid).long(electionEpoch).long(peerEpoch);
  writer.int(NOTIFICATION_VERSION).string(config);
}

/** Also of servers before 3.5, in two shorter forms. A configuration is passed over. @throws JuteError */
export function readNotification(reader: JuteReader): Notification {
  const length = reader.remaining;
  const number = reader.int();
  const state = STATES[number];
  if (state === undefined) throw new JuteError(`server state ${number} is unknown`);
  const leader = reader.long();
  const zxid = reader.long();
  const electionEpoch = reader.long();
  const peerEpoch = length === FORM_28 ? epochOf(zxid) : reader.long();
  if (length !== FORM_28 && length !== FORM_40) {
    const version = reader.int();
    if (version === NOTIFICATION_VERSION) reader.section();
  }
  return { kind: 'notification', leader, zxid, electionEpoch, peerEpoch, state };
}
