/** Either end of a quorum channel: packets without a length before them, and behind SNAP the pieces of a snapshot. */
import type { Message } from '../host.ts';
import type { SnapChunk } from '../snapshot.ts';
import type { QuorumMessage } from '../zab/packets.ts';
import { MAX_FRAME } from './frame.ts';
import { JuteEndError, JuteError, type JuteReader, JuteWriter } from './jute.ts';
import {
  fromRawPacket,
  PacketType,
  type QuorumSide,
  readRawPacket,
  toRawPacket,
  writeRawPacket,
} from './quorum-packet.ts';
import { ChunkedSnapWriter, SnapReader, type SnapWriter, WholeSnapWriter } from './snap-stream.ts';
import { StreamBuffer } from './stream-buffer.ts';
import { WireEnd } from './wire-end.ts';

/** Most bytes of one packet or piece of a snapshot: jute.maxbuffer, and as much in addition (zookeeper.jute.maxbuffer.extrasize). */
const MAX_PACKET = 2 * MAX_FRAME;
/** Room for most packets; longer ones grow. */
const PACKET_SIZE = 128;

export class QuorumEnd extends WireEnd {
  private readonly side: QuorumSide;
  private readonly config: string;
  private readonly max: number;
  private readonly chunked: boolean;
  private readonly input = new StreamBuffer();
  /** Bytes without which reading again is in vain. */
  private needed = 1;
  /** While a snapshot is sent, while one is received. */
  private snapOut: SnapWriter | null = null;
  private snapIn: SnapReader | null = null;

  /**
   * @param side whose end it is; the learner dialled
   * @param config this server's configuration as text
   * @param max most bytes that a packet of the other end may have
   * @param chunked each piece of a snapshot is sent as it comes, in a form that Apache's servers do not read; otherwise
   *   nothing is sent before the last piece
   */
  constructor(side: QuorumSide, config: string, max: number = MAX_PACKET, chunked = false) {
    super();
    this.chunked = chunked;
    this.side = side;
    this.config = config;
    this.max = max;
  }

  encode(message: Message): Uint8Array {
    const said = message as QuorumMessage;
    const writer = new JuteWriter(PACKET_SIZE);
    switch (said.kind) {
      case 'snapHeader':
      case 'snapNode':
      case 'snapEnd':
        this.writeChunk(writer, said);
        break;
      default:
        if (said.kind === 'SNAP')
          this.snapOut = this.chunked ? new ChunkedSnapWriter() : new WholeSnapWriter();
        writeRawPacket(writer, toRawPacket(said, this.side, this.config));
    }
    return writer.finish();
  }

  private writeChunk(writer: JuteWriter, chunk: SnapChunk): void {
    if (this.snapOut === null) throw new JuteError(`a ${chunk.kind} without SNAP before it`);
    this.snapOut.write(writer, chunk);
    if (chunk.kind === 'snapEnd') this.snapOut = null;
  }

  protected read(bytes: Uint8Array, messages: Message[]): void {
    this.input.append(bytes);
    while (this.input.length >= this.needed) {
      const reader = this.input.reader();
      const from = reader.offset;
      try {
        messages.push(this.readNext(reader));
      } catch (error) {
        if (!(error instanceof JuteEndError)) throw error;
        this.needed = error.needed - from;
        // A snapshot begins with a list of all sessions, however many they are; what is claimed beyond it is not.
        const size = this.snapIn === null ? this.needed : this.needed - this.input.length;
        if (size > this.max) throw new JuteError(`a packet of ${size} bytes or more`);
        return;
      }
      this.input.consumeTo(reader.offset);
      this.needed = 1;
    }
  }

  private readNext(reader: JuteReader): QuorumMessage {
    if (this.snapIn !== null) {
      const chunk = this.snapIn.read(reader);
      if (chunk.kind === 'snapEnd') this.snapIn = null;
      return chunk;
    }
    const raw = readRawPacket(reader);
    if (raw.type === PacketType.SNAP) this.snapIn = new SnapReader(raw.zxid);
    return whole(() => fromRawPacket(raw, this.side === 'leader' ? 'learner' : 'leader'));
  }
}

/** What is read of a whole packet does not end too early: it is wrong. */
function whole<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw error instanceof JuteEndError ? new JuteError(error.message) : error;
  }
}
