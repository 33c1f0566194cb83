// One of the two servers, or ensembles, that a sequence is played to.
import { OpCode } from '../../../protocol/txn.ts';
import { RawClient } from '../raw-client.ts';
import { Bytes, Reader } from './bytes.ts';
import { type Arrival, arrivalOf, BARRIER, bodyOf, type Fields, Mask } from './reply.ts';
import { type AclEntry, frameOf, type Ground, type Request, TYPES, typeOf } from './request.ts';
import type { Open, Resume, Send, Step } from './step.ts';
import { type Target, TICK, TIMEOUT } from './target.ts';

/** What a step came to on one side. */
export interface Outcome {
  /** Of a handshake. */
  readonly response?: Fields;
  /** What came back on the step's connection, in order. */
  readonly arrivals: readonly Arrival[];
  /** How the step's connection is afterwards; `silent`: the server neither answers nor ends it. */
  readonly connection: 'open' | 'closed' | 'silent' | 'none';
  /** What other connections got, by their names. */
  readonly elsewhere: Readonly<Record<string, readonly (Arrival | 'closed' | 'silent')[]>>;
}

/** How long things may take, ms. */
export interface Patience {
  /** A server, to do anything. */
  readonly answer: number;
  /** Nothing, on a connection that is taken to stay open without an answer. */
  readonly silence: number;
}

export const PATIENCE: Patience = { answer: 8000, silence: 600 };
/** For a second look at what may have been a busy machine. */
export const LONG_PATIENCE: Patience = { answer: 40_000, silence: 6000 };

/** What a sequence may change and leave behind: their counters decide names and Stats of later ones. */
const LASTING = ['/', '/zookeeper', '/zookeeper/quota'] as const;
const OPEN_ACL: readonly AclEntry[] = [{ perms: 31, scheme: 'world', id: 'anyone' }];

/** Of nodes that outlive a sequence, by path, and the last zxid. */
export type Left = Fields;

interface Connection {
  readonly name: string;
  readonly client: RawClient;
  /** Frames looked at. */
  taken: number;
  /** Bytes of its ConnectResponse, which old clients get without the last one. */
  responseLength: number;
  /** Without a reply, oldest first. */
  readonly asked: { xid: number; request: Request }[];
  nextXid: number;
}

interface Session {
  id: bigint;
  passwd: Buffer;
  /** Closed by its client. */
  over: boolean;
}

interface Place {
  session: Session | null;
  current: Connection | null;
  previous: Connection | null;
}

export class Side {
  readonly target: Target;
  private readonly patience: Patience;
  /** A connection of an almighty client to each server. */
  private readonly monitors: RawClient[] = [];
  private places: Map<number, Place> = new Map();
  private sessions: Session[] = [];
  private names: Map<bigint, string> = new Map();
  private ground: Ground = { folder: '', zxid: 0n };
  private mask: Mask = new Mask(0n, this.names);
  private connections = 0;
  /** Requests sent, handshakes among them. */
  operations = 0;

  constructor(target: Target, patience: Patience) {
    this.target = target;
    this.patience = patience;
  }

  /** Gives the sequence a folder of its own. */
  async begin(folder: string): Promise<void> {
    while (this.monitors.length < this.target.ports.length) await this.addMonitor();
    this.places = new Map();
    this.sessions = [];
    this.names = new Map();
    this.connections = 0;
    const made = await this.ask({ op: 'create', path: folder, data: '', acl: OPEN_ACL, flags: 0 });
    if (made.err !== 0) throw new Error(`${this.target.name} did not create ${folder}: ${made.err}`);
    this.ground = { folder, zxid: made.zxid };
    this.mask = new Mask(made.zxid, this.names);
    await this.level();
  }

  /** Plays one step and waits until all that follows from it has come. */
  async play(step: Step): Promise<Outcome> {
    const place = this.place(step.session);
    const outcome = await this.act(place, step);
    await this.level();
    return { ...outcome, elsewhere: await this.elsewhere(place, step) };
  }

  /** Ends all sessions of the sequence and deletes its folder: the tree is as before. What is left of it, where that may differ. */
  async end(): Promise<Left> {
    for (const place of this.places.values()) {
      place.current?.client.cut();
      place.previous?.client.cut();
    }
    const { sessions } = this;
    for (const session of sessions) if (!session.over) await this.closeSession(session);
    const quota = `/zookeeper/quota${this.ground.folder}`;
    await this.deleteAll(quota);
    await this.deleteAll(this.ground.folder);
    await this.level();
    const left: Record<string, unknown> = {};
    for (const path of LASTING) {
      const { err, zxid, body } = await this.ask({ op: 'getChildren2', path, watch: false });
      left[path] = err === 0 ? bodyOf(body, TYPES.getChildren2, this.mask) : err;
      left.zxid = this.mask.zxid(zxid);
    }
    return left;
  }

  /** Ends all connections. */
  close(): void {
    for (const monitor of this.monitors.splice(0)) monitor.cut();
    for (const place of this.places.values()) {
      place.current?.client.cut();
      place.previous?.client.cut();
    }
  }

  private place(index: number): Place {
    const found = this.places.get(index);
    if (found !== undefined) return found;
    const place = { session: null, current: null, previous: null };
    this.places.set(index, place);
    return place;
  }

  private act(place: Place, step: Step): Promise<Omit<Outcome, 'elsewhere'>> {
    switch (step.do) {
      case 'open':
        return this.open(place, step);
      case 'resume':
        return this.resume(place, step);
      case 'cut':
        place.current?.client.cut();
        place.current = null;
        return Promise.resolve({ arrivals: [], connection: 'none' });
      case 'send':
        return this.send(place, step);
      case 'bytes':
        return this.sendBytes(place, Buffer.from(step.hex, 'hex'));
    }
  }

  // --- handshakes

  private async open(place: Place, step: Open): Promise<Omit<Outcome, 'elsewhere'>> {
    place.current?.client.cut();
    place.previous?.client.cut();
    place.previous = null;
    const passwd = step.passwd === undefined ? Buffer.alloc(16) : bytesOf(step.passwd);
    place.current = await this.connect(step.server ?? 0);
    return this.handshake(place, place.current, step, 0n, passwd);
  }

  private async resume(place: Place, step: Resume): Promise<Omit<Outcome, 'elsewhere'>> {
    if (step.keep !== true) place.current?.client.cut();
    place.previous?.client.cut();
    place.previous = step.keep === true ? place.current : null;
    const id = step.id === undefined ? (place.session?.id ?? 1n) : BigInt(step.id);
    const passwd =
      step.passwd === undefined ? (place.session?.passwd ?? Buffer.alloc(16)) : bytesOf(step.passwd);
    place.current = await this.connect(step.server ?? 0);
    return this.handshake(place, place.current, step, id, passwd);
  }

  private async connect(server: number): Promise<Connection> {
    const { ports } = this.target;
    const client = await RawClient.open(ports[server % ports.length] as number);
    const name = `connection ${++this.connections}`;
    return { name, client, taken: 0, responseLength: 0, asked: [], nextXid: 1 };
  }

  private async handshake(
    place: Place,
    connection: Connection,
    step: Open | Resume,
    id: bigint,
    passwd: Buffer | null,
  ): Promise<Omit<Outcome, 'elsewhere'>> {
    const { client } = connection;
    const { protocol = 0, seen, timeout = TIMEOUT, readOnly = false, old = false } = step;
    const zxid = seen === undefined ? 0n : this.ground.zxid + BigInt(seen);
    const bytes = new Bytes().int(protocol).long(zxid).int(timeout).long(id).buffer(passwd);
    if (!old) bytes.bool(readOnly);
    client.send(bytes.frame);
    this.operations++;
    await client.until(() => client.frames.length > 0 || client.closed, this.patience.answer);
    const frame = client.frames[0];
    if (frame === undefined) {
      client.cut();
      place.current = null;
      return { arrivals: [], connection: client.closed ? 'closed' : 'silent' };
    }
    connection.taken = 1;
    connection.responseLength = frame.length;
    const response = this.response(place, frame, passwd);
    // A refusal is followed by the end of the connection.
    if (response.timeout === 0) await client.until(() => client.closed, this.patience.answer);
    if (client.closed) place.current = null;
    return { response, arrivals: [], connection: client.closed ? 'closed' : 'open' };
  }

  private response(place: Place | null, frame: Buffer, given: Buffer | null): Fields {
    const reader = new Reader(frame);
    const version = reader.int();
    const timeout = reader.int();
    const id = reader.long();
    const passwd = reader.buffer();
    const readOnly = reader.remaining > 0 ? reader.byte() : 'absent';
    if (id !== 0n && !this.names.has(id)) {
      this.names.set(id, `session ${this.names.size + 1}`);
      this.sessions.push({ id, passwd: passwd ?? Buffer.alloc(0), over: false });
    }
    if (id !== 0n && place !== null) place.session = this.sessions.find((each) => each.id === id) ?? null;
    const kind = passwd === null ? 'null' : passwd.every((byte) => byte === 0) ? 'zeros' : 'some';
    const same = given !== null && passwd?.equals(given) === true ? 'as given' : kind;
    const rest = reader.rest();
    return {
      version,
      timeout,
      session: this.mask.session(id),
      passwd: [passwd?.length, same],
      readOnly,
      rest,
    };
  }

  // --- requests

  private async send(place: Place, step: Send): Promise<Omit<Outcome, 'elsewhere'>> {
    const first = step.old === true ? null : await this.taken(place, step.session);
    const connection = step.old === true ? place.previous : place.current;
    if (connection === null || connection.client.closed)
      return { ...first, arrivals: [], connection: 'none' };
    this.operations += step.requests.length;
    const frames = step.requests.map((request) => {
      const xid = connection.nextXid++;
      connection.asked.push({ xid: repliedAs(request, request.xid ?? xid), request });
      return frameOf(request, xid, this.ground);
    });
    const closes = step.requests.some(({ op }) => op === 'closeSession');
    // Whether anything behind them is answered before the connection ends is a race.
    const ends = closes || step.requests.some(isUnknown);
    connection.client.send(Buffer.concat(ends ? frames : [...frames, BARRIER_FRAME]));
    if (ends) await connection.client.until(() => connection.client.closed, this.patience.answer);
    const { arrivals, reached } = ends
      ? { arrivals: this.take(connection), reached: false }
      : await this.toBarrier(connection);
    const { closed } = connection.client;
    if (closes && closed && place.session !== null && place.current === connection) place.session.over = true;
    const state = closed ? 'closed' : reached ? 'open' : 'silent';
    if (state !== 'open') this.forget(place, connection);
    return { ...first, arrivals: closes ? sorted(arrivals) : arrivals, connection: state };
  }

  /** A place without a connection goes on with its session where it has one, and opens one otherwise. */
  private async taken(place: Place, session: number): Promise<{ readonly response?: Fields }> {
    if (place.current !== null) return {};
    const goesOn = place.session !== null && !place.session.over;
    const handshake = { session, server: session } as const;
    const { response } = goesOn
      ? await this.resume(place, { do: 'resume', ...handshake })
      : await this.open(place, { do: 'open', ...handshake });
    return response === undefined ? {} : { response };
  }

  private async sendBytes(place: Place, bytes: Buffer): Promise<Omit<Outcome, 'elsewhere'>> {
    const connection = place.current ?? (await this.connect(0));
    const { client } = connection;
    client.send(bytes);
    await client.until(() => client.closed, this.patience.silence);
    const arrivals = this.take(connection);
    const state = client.closed ? 'closed' : 'silent';
    client.cut();
    this.forget(place, connection);
    return { arrivals, connection: state };
  }

  private forget(place: Place, connection: Connection): void {
    connection.client.cut();
    if (place.current === connection) place.current = null;
    if (place.previous === connection) place.previous = null;
  }

  /** Everything up to the reply to the barrier, which is the last thing to come, or to the connection's end. */
  private async toBarrier(connection: Connection): Promise<{ arrivals: Arrival[]; reached: boolean }> {
    const { client, taken } = connection;
    const reached = (): boolean =>
      client.frames.length > taken && client.frames.at(-1)?.readInt32BE(0) === BARRIER;
    await client.until(() => client.closed || reached(), this.patience.answer);
    return { reached: reached(), arrivals: this.take(connection) };
  }

  private take(connection: Connection): Arrival[] {
    const frames = connection.client.frames.slice(connection.taken);
    connection.taken = connection.client.frames.length;
    return frames
      .filter((frame) => frame.readInt32BE(0) !== BARRIER)
      .map((frame) => this.arrival(connection, frame));
  }

  private arrival(connection: Connection, frame: Buffer): Arrival {
    const { asked } = connection;
    // A session that is opened anew is answered as in a handshake.
    const anew = asked.findIndex(({ request }) => request.op === 'createSession');
    if (anew < 0 || frame.length !== connection.responseLength) return arrivalOf(frame, asked, this.mask);
    asked.splice(anew, 1);
    return { kind: 'response', ...this.response(null, frame, null) };
  }

  /** What the step made of all other connections. */
  private async elsewhere(at: Place, step: Step): Promise<Outcome['elsewhere']> {
    const used = step.do === 'send' && step.old === true ? at.previous : at.current;
    const found: [string, (Arrival | 'closed' | 'silent')[]][] = [];
    const look = async (place: Place, connection: Connection | null): Promise<void> => {
      if (connection === null || connection === used) return;
      connection.client.send(BARRIER_FRAME);
      const { arrivals, reached } = await this.toBarrier(connection);
      const heard: (Arrival | 'closed' | 'silent')[] = endsSession(step) ? sorted(arrivals) : arrivals;
      if (connection.client.closed) {
        heard.push('closed');
        this.forget(place, connection);
      } else if (!reached) heard.push('silent');
      if (heard.length > 0) found.push([connection.name, heard]);
    };
    const all = [...this.places.values()];
    await Promise.all(all.flatMap((place) => [look(place, place.current), look(place, place.previous)]));
    return Object.fromEntries(found.sort());
  }

  // --- the almighty client

  private async addMonitor(): Promise<void> {
    const client = await RawClient.open(this.target.ports[this.monitors.length] as number);
    const hello = new Bytes()
      .int(0)
      .long(0n)
      .int(20 * TICK)
      .long(0n)
      .buffer(Buffer.alloc(16))
      .bool(false);
    client.send(hello.frame);
    await client.until(() => client.frames.length > 0, this.patience.answer);
    client.frames.length = 0;
    this.monitors.push(client);
    const index = this.monitors.length - 1;
    const auth = await this.ask({ op: 'auth', scheme: 'digest', auth: 'super:test', xid: -4 }, index);
    if (auth.err !== 0) throw new Error(`${this.target.name} knows no super user`);
  }

  private async ask(request: Request, server = 0): Promise<{ err: number; zxid: bigint; body: Reader }> {
    const client = this.monitors[server] as RawClient;
    client.frames.length = 0;
    client.send(frameOf(request, 1, this.ground));
    await client.until(() => client.frames.length > 0 || client.closed, this.patience.answer);
    const frame = client.frames[0];
    if (frame === undefined) throw new Error(`${this.target.name} does not answer ${request.op}`);
    const body = new Reader(frame);
    body.int();
    return { zxid: body.long(), err: body.int(), body };
  }

  /** Every server has applied what any has. */
  private async level(): Promise<void> {
    if (this.monitors.length === 1) return;
    await Promise.all(this.monitors.map((_, server) => this.ask({ op: 'sync', path: '/' }, server)));
  }

  private async closeSession(session: Session): Promise<void> {
    const { client } = await this.connect(0);
    const hello = new Bytes()
      .int(0)
      .long(0n)
      .int(TIMEOUT)
      .long(session.id)
      .buffer(session.passwd)
      .bool(false);
    client.send(hello.frame);
    await client.until(() => client.frames.length > 0 || client.closed, this.patience.answer);
    client.send(new Bytes().int(1).int(TYPES.closeSession).frame);
    await client.until(() => client.closed, this.patience.answer);
    client.cut();
  }

  private async deleteAll(path: string): Promise<void> {
    const { err, body } = await this.ask({ op: 'getChildren', path, watch: false });
    if (err !== 0) return;
    for (const child of body.vector(() => body.string()) ?? []) await this.deleteAll(`${path}/${child}`);
    await this.ask({ op: 'delete', path, version: -1 });
  }
}

/** What servers tell, and no client asks. */
const TOLD: readonly number[] = [OpCode.notification, OpCode.error];
const KNOWN_TYPES: ReadonlySet<number> = new Set(Object.values(TYPES).filter((type) => !TOLD.includes(type)));
const BARRIER_FRAME = frameOf({ op: 'exists', path: '/barrier', watch: false }, BARRIER, {
  folder: '',
  zxid: 0n,
});

function bytesOf(hex: string | null): Buffer | null {
  return hex === null ? null : Buffer.from(hex, 'hex');
}

/** Pings are answered under a number of their own. */
function repliedAs(request: Request, xid: number): number {
  return typeOf(request) === TYPES.ping ? -2 : xid;
}

/** Of a type that no server knows. */
function isUnknown(request: Request): boolean {
  return !KNOWN_TYPES.has(typeOf(request));
}

function endsSession(step: Step): boolean {
  return step.do === 'send' && step.requests.some(({ op }) => op === 'closeSession');
}

/** A session's ephemerals go in the order of a hash set: what is told of them is put in the order of paths. */
function sorted(arrivals: readonly Arrival[]): Arrival[] {
  const replies = arrivals.filter(({ kind }) => kind === 'reply');
  const events = arrivals.filter(({ kind }) => kind === 'event');
  return [...events.toSorted((a, b) => (String(a.path) < String(b.path) ? -1 : 1)), ...replies];
}
