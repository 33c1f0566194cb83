/** Clients that say anything but what they should, and one beside them that must not notice. */
import { connect, type Socket } from 'node:net';
import type { ClientOp } from '../../protocol/request.ts';
import { CreateFlag } from '../../protocol/request.ts';
import { OPEN_ACL_UNSAFE } from '../../protocol/tree/index.ts';
import { ErrorCode, OpCode } from '../../protocol/txn.ts';
import { ClientEnd } from '../../protocol/wire/client-end.ts';
import { FOUR_LETTER_WORDS } from '../../protocol/wire/four-letter-word.ts';
import { RawClient } from './raw-client.ts';

export interface FrameFuzz {
  readonly ports: readonly number[];
  /** Frames to send, or pieces of noise. */
  readonly frames: number;
  readonly seed: number;
  /** At a time. */
  readonly connections: number;
  readonly onProgress?: (sent: number) => void;
}

export interface FuzzResult {
  readonly sent: number;
  readonly connections: number;
  /** Of these, ended by the servers. */
  readonly endedByServer: number;
  /** What the client beside them wrote, and the longest that it waited for an answer, ms. */
  readonly steadyWrites: number;
  readonly longestWait: number;
}

const HANDSHAKE = new ClientEnd().encode({
  kind: 'connect',
  lastZxidSeen: 0,
  timeout: 1000,
  session: '0000000000000000',
  passwd: '',
  readOnly: false,
} as never);

/** Bytes of a RequestHeader. */
const HEADER = 8;

/** Draws what is sent. */
class Frames {
  private state: number;
  private cxid = 0;

  constructor(seed: number) {
    this.state = seed;
  }

  /** Mulberry32: a million frames take tens of millions of draws. */
  below(n: number): number {
    this.state = (this.state + 0x6d2b79f5) | 0;
    let t = Math.imul(this.state ^ (this.state >>> 15), 1 | this.state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return Math.floor((((t ^ (t >>> 14)) >>> 0) / 0x1_0000_0000) * n);
  }

  noise(most: number): Uint8Array {
    const bytes = new Uint8Array(this.below(most));
    for (let i = 0; i < bytes.length; i++) bytes[i] = this.below(256);
    return bytes;
  }

  private int(value: number): Uint8Array {
    return Uint8Array.of(value >>> 24, value >>> 16, value >>> 8, value);
  }

  private framed(content: Uint8Array): Uint8Array {
    return Buffer.concat([this.int(content.length), content]);
  }

  /** In place of the handshake. */
  greeting(): Uint8Array {
    switch (this.below(12)) {
      case 0:
        return this.noise(100);
      case 1:
        return this.framed(this.noise(100));
      case 2:
        return this.int([-1, 0x7fff_ffff, 0x0010_0000, -0x8000_0000][this.below(4)]!);
      case 3:
        return Buffer.concat([
          Buffer.from(FOUR_LETTER_WORDS[this.below(FOUR_LETTER_WORDS.length)]!),
          this.noise(20),
        ]);
      case 4:
        return HANDSHAKE.subarray(0, this.below(HANDSHAKE.length));
      case 5:
        return this.mutated(HANDSHAKE, 0);
      default:
        return HANDSHAKE;
    }
  }

  /** Most leave the connection as it is: an unknown type, for one, ends it. */
  frame(): Uint8Array {
    switch (this.below(400)) {
      case 0:
        return this.framed(this.noise(64));
      case 1:
        return this.framed(
          Buffer.concat([this.int(++this.cxid), this.int(this.below(120) - 15), this.noise(64)]),
        );
      case 2:
        return this.noise(30);
      case 3:
      case 4:
        return this.mutated(this.request(), 0);
      default:
        return this.below(4) === 0 ? this.request() : this.mutated(this.request(), HEADER);
    }
  }

  private request(): Uint8Array {
    return new ClientEnd().encode({ kind: 'request', cxid: ++this.cxid, op: this.op() } as never);
  }

  private op(): ClientOp {
    const path = `/f${this.below(16)}`;
    const data = this.noise(40);
    const create = { type: OpCode.create, path, data, acl: OPEN_ACL_UNSAFE, flags: this.below(2) } as const;
    switch (this.below(14)) {
      case 0:
      case 1:
        return create;
      case 2:
        return { type: OpCode.delete, path, version: -1 };
      case 3:
        return { type: OpCode.setData, path, data, version: this.below(3) - 1 };
      case 4:
        return { type: OpCode.getData, path, watch: this.below(2) === 1 };
      case 5:
        return { type: OpCode.getChildren2, path: '/', watch: this.below(2) === 1 };
      case 6:
        return { type: OpCode.multi, ops: [create, { type: OpCode.check, path, version: 0 }] };
      case 7:
        return { type: OpCode.addWatch, path, mode: this.below(2) };
      case 8:
        return {
          type: OpCode.setWatches2,
          relativeZxid: 1,
          data: [path],
          exist: [path],
          child: ['/'],
          persistent: [],
          recursive: [path],
        };
      case 9:
        return this.below(20) === 0
          ? { type: OpCode.auth, scheme: 'digest', auth: Buffer.from('a:b') }
          : { type: OpCode.exists, path, watch: true };
      case 10:
        return { type: OpCode.setACL, path, acl: OPEN_ACL_UNSAFE, version: -1 };
      case 11:
        return { type: OpCode.multiRead, ops: [{ type: OpCode.getData, path, watch: false }] };
      case 12:
        return this.below(10) === 0 ? { type: OpCode.closeSession } : { type: OpCode.sync, path };
      default:
        return { type: OpCode.ping };
    }
  }

  /** A frame with some of its content changed from a place on; its length is right again, most of the time. */
  private mutated(frame: Uint8Array, from: number): Uint8Array {
    let content = frame.slice(4);
    for (let i = this.below(4); i >= 0; i--) {
      const at = Math.min(content.length, from + this.below(content.length - from));
      switch (this.below(4)) {
        case 0:
          content[at] = this.below(256);
          break;
        case 1:
          content.set(
            this.int([-1, -2, 0x7fff_ffff, 0xffff][this.below(4)]!).subarray(0, content.length - at),
            at,
          );
          break;
        case 2:
          content = content.slice(0, at);
          break;
        default:
          content = Buffer.concat([content.subarray(0, at), this.noise(8), content.subarray(at)]);
      }
    }
    const whole = this.framed(content);
    if (this.below(1000) === 0) whole[this.below(4)] = this.below(256);
    return whole;
  }
}

/** Many connections at a time until all frames are sent. @throws Error where the client beside them is disturbed */
export async function fuzzFrames(fuzz: FrameFuzz): Promise<FuzzResult> {
  const counts = { sent: 0, connections: 0, endedByServer: 0 };
  let over = false;
  const steady = writeSteadily(fuzz.ports, () => over);
  const one = async (worker: number): Promise<void> => {
    const frames = new Frames(fuzz.seed * 1000 + worker);
    while (counts.sent < fuzz.frames) await badClient(fuzz, frames, counts);
  };
  try {
    await Promise.all(Array.from({ length: fuzz.connections }, (_, i) => one(i)));
  } finally {
    over = true;
  }
  return { ...counts, ...(await steady) };
}

async function badClient(
  fuzz: FrameFuzz,
  frames: Frames,
  counts: { sent: number; connections: number; endedByServer: number },
): Promise<void> {
  const socket = connect({ host: '127.0.0.1', port: fuzz.ports[frames.below(fuzz.ports.length)]! });
  let ended = false;
  let tell = (): void => {};
  socket.on('data', () => tell());
  socket.on('error', () => {});
  socket.on('close', () => {
    ended = true;
    tell();
  });
  counts.connections++;
  let left = 1 + frames.below(frames.below(4) === 0 ? 2000 : 100);
  let next: Uint8Array | null = frames.greeting();
  while (!ended && left > 0 && counts.sent < fuzz.frames) {
    const burst: Uint8Array[] = [];
    for (let i = Math.min(left, 1 + frames.below(40)); i > 0; i--) {
      burst.push(next ?? frames.frame());
      next = null;
      left--;
    }
    const before = counts.sent;
    counts.sent += burst.length;
    const every = fuzz.frames / 100;
    if (Math.floor(counts.sent / every) > Math.floor(before / every)) fuzz.onProgress?.(counts.sent);
    await new Promise<void>((resolve) => {
      tell = resolve;
      send(socket, Buffer.concat(burst), frames.below(8) === 0);
      // What is said too early is lost when the connection ends; some say things that nobody answers.
      setTimeout(resolve, 30);
    });
  }
  if (ended) counts.endedByServer++;
  else if (frames.below(2) === 0) socket.end();
  socket.destroySoon();
}

/** `slowly`: in two pieces, cut anywhere. */
function send(socket: Socket, bytes: Uint8Array, slowly: boolean): void {
  const half = slowly ? bytes.length >> 1 : 0;
  if (half > 0) socket.write(bytes.subarray(0, half));
  socket.write(bytes.subarray(half));
}

/** A client as they should be: it writes all the time, and its session and its node are there at the end. */
async function writeSteadily(
  ports: readonly number[],
  over: () => boolean,
): Promise<{ steadyWrites: number; longestWait: number }> {
  const client = await RawClient.start(ports[0]!);
  const ok = async (op: ClientOp): Promise<void> => {
    const answer = await client.ask(op);
    if (answer?.err !== ErrorCode.OK)
      throw new Error(`the client beside the fuzz was answered ${answer?.err ?? 'nothing'}`);
  };
  await ok({ type: OpCode.auth, scheme: 'digest', auth: Buffer.from('steady:secret') });
  const acl = [{ perms: 31, scheme: 'auth', id: '' }];
  const data = new Uint8Array(8);
  const node = { type: OpCode.create, data, acl } as const;
  await ok({ ...node, path: '/steady', flags: CreateFlag.PERSISTENT });
  await ok({ ...node, path: '/steady/session', flags: CreateFlag.EPHEMERAL });
  let steadyWrites = 0;
  let longestWait = 0;
  while (!over()) {
    const since = performance.now();
    await ok({ type: OpCode.setData, path: '/steady/session', data, version: steadyWrites++ });
    longestWait = Math.max(longestWait, performance.now() - since);
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
  await ok({ type: OpCode.getData, path: '/steady/session', watch: false });
  await ok({ type: OpCode.closeSession });
  client.destroy();
  return { steadyWrites, longestWait: Math.round(longestWait) };
}
