/** The server's end of a client channel. */
import type { ClientMessage, FourLetterWordRequest, IsReadOnlyRequest } from '../client-messages.ts';
import type { Message } from '../host.ts';
import { OpCode } from '../txn.ts';
import { AskedList } from './asked-list.ts';
import { writeReply, writeWatchEvent } from './client-reply.ts';
import { readClientRequest } from './client-request.ts';
import { readConnectRequest, writeConnectResponse } from './connect.ts';
import { type FourLetterWord, textBytes, wordOf } from './four-letter-word.ts';
import { FrameDecoder, framed, MAX_FRAME } from './frame.ts';
import { JuteError, JuteReader } from './jute.ts';
import { WireEnd } from './wire-end.ts';

/** Room for most replies; longer ones grow. */
const REPLY_SIZE = 96;
/** Bytes of the mask behind `stmk`. */
const MASK_SIZE = 8;

export class ServerEnd extends WireEnd {
  private readonly asked = new AskedList();
  private readonly frames: FrameDecoder;
  /** What the next bytes are; nothing counts behind a four-letter word. */
  private due: 'connect' | 'request' | 'mask' | 'nothing' = 'connect';
  /** The client did not send the byte that says whether it would do with a read-only server. */
  private old = false;

  /** @param maxFrame largest frame that it accepts, bytes (jute.maxbuffer) */
  constructor(maxFrame: number = MAX_FRAME) {
    super();
    this.frames = new FrameDecoder(maxFrame);
  }

  /** Requests that have come and not been answered. */
  get outstanding(): number {
    return this.asked.size;
  }

  /** Bytes that have come and belong to no message that was told. */
  get unread(): number {
    return this.frames.pending;
  }

  encode(message: Message): Uint8Array {
    const said = message as ClientMessage;
    switch (said.kind) {
      case 'isroAnswer':
        return textBytes(said.mode);
      case 'wordAnswer':
        return textBytes(said.text);
      case 'connected':
        return framed(REPLY_SIZE, (writer) => writeConnectResponse(writer, said, this.old));
      case 'reply':
        return framed(REPLY_SIZE, (writer) => writeReply(writer, said, this.asked.take(said.cxid)));
      case 'watchEvent':
        return framed(REPLY_SIZE, (writer) => writeWatchEvent(writer, said));
      default:
        throw new JuteError(`a server does not send ${message.kind} to a client`);
    }
  }

  /** Takes the next bytes of the stream, as {@link decode} does; {@link next} tells what they complete. */
  append(bytes: Uint8Array): void {
    if (this.due !== 'nothing' && this.failure === null) this.frames.append(bytes);
  }

  /** The next message that is complete; null: there is none, or the stream has failed. */
  next(): Message | null {
    if (this.failure !== null) return null;
    try {
      return this.readNext();
    } catch (error) {
      if (!(error instanceof JuteError)) throw error;
      this.failure = error.message;
      return null;
    }
  }

  protected read(bytes: Uint8Array, messages: Message[]): void {
    this.append(bytes);
    for (let message = this.readNext(); message !== null; message = this.readNext()) messages.push(message);
  }

  private readNext(): Message | null {
    if (this.due === 'nothing') return null;
    if (this.due === 'mask') return this.readMask();
    if (this.due === 'connect') {
      const first = this.frames.peek();
      const word = first === null ? null : wordOf(first);
      if (word !== null) return this.readWord(word);
    }
    const frame = this.frames.next();
    return frame === null ? null : this.readFrame(new JuteReader(frame, 0, frame.length, true));
  }

  private readWord(word: FourLetterWord): Message {
    this.frames.take(word.length);
    this.due = word === 'stmk' ? 'mask' : 'nothing';
    if (word === 'isro') return { kind: 'isro' } satisfies IsReadOnlyRequest;
    const said: FourLetterWordRequest = { kind: 'word', word };
    return said;
  }

  private readMask(): Message | null {
    if (this.frames.pending < MASK_SIZE) return null;
    const mask = new JuteReader(this.frames.take(MASK_SIZE)).hex16();
    this.due = 'nothing';
    const said: FourLetterWordRequest = { kind: 'word', word: 'stmk', mask };
    return said;
  }

  private readFrame(reader: JuteReader): Message {
    if (this.due === 'connect') {
      const { request, old } = readConnectRequest(reader);
      this.old = old;
      this.due = 'request';
      return request;
    }
    const request = readClientRequest(reader);
    // A session that is opened anew is answered by a ConnectResponse, which has no number.
    if (request.op.type !== OpCode.createSession) this.asked.add(request.cxid, request.op);
    return request;
  }
}
