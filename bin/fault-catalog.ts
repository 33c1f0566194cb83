/** The faults as `zab-lab list` shows them. */
import type { Fault, FaultKind, Trigger } from '../sim/spec.ts';

/** The fields of one kind of fault, without its trigger. */
type FieldsOf<K extends FaultKind> = Exclude<keyof Extract<Fault, { kind: K }>, 'kind' | keyof Trigger>;

const CLIENT = 'number in the list of clients, from 1, random, or it (the client of the triggering probe)';

type Descriptions = {
  readonly [K in FaultKind]: {
    readonly text: string;
    readonly fields: { readonly [F in FieldsOf<K>]: string };
  };
};

const SERVER = 'id, leader, follower, observer, random, or it (the server of the triggering probe)';

const MESSAGE = 'its channel, whether the end that dialled sent it, and its ordinal there; see sim/spec.ts';

/** One line per kind and field; the compiler asks for every one of them. */
const DESCRIPTIONS: Descriptions = {
  crash: {
    text: 'the process dies; an unflushed suffix of its log may be gone, its channels are reset',
    fields: { server: SERVER },
  },
  powerLoss: {
    text: 'the machine dies; the last record may be torn, an unsynced replacement undone, peers hear nothing',
    fields: { server: `${SERVER}, or all` },
  },
  restart: {
    text: 'a dead server starts again on what its disk holds',
    fields: { server: `${SERVER}, or all` },
  },
  pause: {
    text: 'timers and sockets of a server stand still, then catch up',
    fields: { server: SERVER, for: 'ms' },
  },
  partition: {
    text: 'only servers of one group reach each other; clients reach everyone',
    fields: { groups: 'lists of servers' },
  },
  cut: {
    text: 'nothing passes in one direction of a link, or in both',
    fields: { from: SERVER, to: `${SERVER}, or all`, both: 'true cuts the other direction too' },
  },
  isolate: { text: 'one server reaches no other and is reached by none', fields: { server: SERVER } },
  bridge: { text: 'two halves of the ensemble that only one server reaches', fields: { server: SERVER } },
  swizzle: {
    text: 'servers are isolated one after the other in a drawn order and healed in another',
    fields: { servers: 'list of servers', step: 'ms between two of them' },
  },
  heal: {
    text: 'all links pass again',
    fields: { speed: 'true makes slow links fast again too' },
  },
  drop: {
    text: 'the streams between two servers break at their next message',
    fields: { from: SERVER, to: SERVER },
  },
  slow: {
    text: 'messages on a directed link take longer, still in order',
    fields: { from: `${SERVER}, or all`, to: `${SERVER}, or all`, by: 'ms' },
  },
  loss: {
    text: 'sets how often messages are lost at random from now on',
    fields: { dropRate: 'probability, any message', electionLossRate: 'probability, election messages' },
  },
  diskStall: {
    text: 'flushes of a server complete no earlier than some time from now',
    fields: { server: SERVER, for: 'ms' },
  },
  diskFull: { text: 'writes of a server fail until diskFree', fields: { server: SERVER } },
  diskFree: { text: 'a full disk has room again', fields: { server: SERVER } },
  corrupt: {
    text: 'a byte of a log record on disk is flipped',
    fields: { server: SERVER, record: 'counted from the last, which is 0' },
  },
  clockJump: { text: 'the wall clock of a server moves', fields: { server: SERVER, by: 'ms' } },
  clientCrash: {
    text: 'the process of a client dies; its session lives on until it expires',
    fields: { client: CLIENT },
  },
  clientRestart: {
    text: 'a dead client starts its program again from the beginning',
    fields: { client: `${CLIENT}, or all` },
  },
  clientPause: {
    text: 'timers and sockets of a client stand still, then catch up, as in a long garbage collection',
    fields: { client: CLIENT, for: 'ms' },
  },
  clientDisconnect: { text: 'the connections of a client are reset', fields: { client: CLIENT } },
  clientCut: {
    text: 'nothing passes between a client and servers, until heal',
    fields: {
      client: CLIENT,
      to: 'id, leader, follower, observer, random, connected (those it has channels to), or all',
    },
  },
  clientRequest: {
    text: 'a client asks for something beside its program, on the same handle',
    fields: { client: CLIENT, request: 'an operation, as a step of the program script' },
  },
  messageDrop: {
    text: 'a message on its way is lost, and with it its stream',
    fields: { message: MESSAGE },
  },
  messageDelay: {
    text: 'a message on its way, and all behind it in its stream, arrives later',
    fields: { message: MESSAGE, by: 'ms' },
  },
  messageDeliver: {
    text: 'a message on its way arrives now, behind what is before it in its stream',
    fields: { message: MESSAGE },
  },
};

/** A kind of fault with its description and its fields. */
export interface FaultDescription {
  readonly id: FaultKind;
  readonly text: string;
  readonly fields: Readonly<Record<string, string>>;
}

/** All kinds of faults, in the order of `sim/spec.ts`. */
export const faultCatalog: readonly FaultDescription[] = Object.entries(DESCRIPTIONS).map(
  ([id, { text, fields }]) => ({ id: id as FaultKind, text, fields }),
);
