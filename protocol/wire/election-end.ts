/** Either end of an election channel. */
import type { ElectionHello, Notification } from '../election/vote.ts';
import type { Message } from '../host.ts';
import { FrameDecoder, framed } from './frame.ts';
import { JuteEndError, JuteError, JuteReader, JuteWriter } from './jute.ts';
import { readHello, readNotification, writeHello, writeNotification } from './notification.ts';
import { StreamBuffer } from './stream-buffer.ts';
import { WireEnd } from './wire-end.ts';

/** QuorumCnxManager.PACKETMAXSIZE, bytes. */
const MAX_NOTIFICATION = 512 * 1024;
const NOTIFICATION_SIZE = 44;
const HELLO_SIZE = 64;

export class ElectionEnd extends WireEnd {
  /** Whether the other end has yet to say who it is: it dialled. */
  private helloDue: boolean;
  private readonly address: string;
  private readonly config: string;
  private readonly opening = new StreamBuffer();
  private readonly frames = new FrameDecoder(MAX_NOTIFICATION);

  /**
   * @param dialled this end dialled
   * @param address `host:port` at which this server can be dialled
   * @param config this server's configuration as text
   */
  constructor(dialled: boolean, address: string, config: string) {
    super();
    this.helloDue = !dialled;
    this.address = address;
    this.config = config;
  }

  encode(message: Message): Uint8Array {
    switch (message.kind) {
      case 'electionHello': {
        const writer = new JuteWriter(HELLO_SIZE);
        writeHello(writer, message as ElectionHello, this.address);
        return writer.finish();
      }
      case 'notification':
        return framed(NOTIFICATION_SIZE + this.config.length, (writer) =>
          writeNotification(writer, message as Notification, this.config),
        );
      default:
        throw new JuteError(`${message.kind} does not belong on an election channel`);
    }
  }

  protected read(bytes: Uint8Array, messages: Message[]): void {
    if (this.helloDue) this.readOpening(bytes, messages);
    else this.frames.append(bytes);
    for (let frame = this.frames.next(); frame !== null; frame = this.frames.next()) {
      if (frame.length === 0) throw new JuteError('an empty notification');
      readFrame(frame, messages);
    }
  }

  /** What has no length before it: only reading it tells whether it is all there. */
  private readOpening(bytes: Uint8Array, messages: Message[]): void {
    this.opening.append(bytes);
    const reader = this.opening.reader();
    try {
      messages.push(readHello(reader));
    } catch (error) {
      if (error instanceof JuteEndError) return;
      throw error;
    }
    this.helloDue = false;
    this.opening.consumeTo(reader.offset);
    if (this.opening.length > 0) this.frames.append(this.opening.take(this.opening.length));
  }
}

/** A notification that cannot be read is passed over, as by Apache: those behind it are good. */
function readFrame(frame: Uint8Array, messages: Message[]): void {
  try {
    messages.push(readNotification(new JuteReader(frame)));
  } catch (error) {
    if (!(error instanceof JuteError)) throw error;
  }
}
