/** The server's end of a client channel. */
import type { ClientMessage, FourLetterWordRequest } from '../client-messages.ts';
import type { Message } from '../host.ts';
import { AskedList } from './asked-list.ts';
import { writeReply, writeWatchEvent } from './client-reply.ts';
import { readClientRequest } from './client-request.ts';
import { readConnectRequest, writeConnectResponse } from './connect.ts';
import { textBytes, wordOf } from './four-letter-word.ts';
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

  protected read(bytes: Uint8Array, messages: Message[]): void {
    if (this.due === 'nothing') return;
    this.frames.append(bytes);
    if (this.due === 'connect') this.readWord(messages);
    if (this.due === 'mask') this.readMask(messages);
    if (this.due !== 'connect' && this.due !== 'request') return;
    for (let frame = this.frames.next(); frame !== null; frame = this.frames.next()) {
      messages.push(this.readFrame(new JuteReader(frame, 0, frame.length, true)));
    }
  }

  /** WIRE-25: a word, if that is what the stream begins with. */
  private readWord(messages: Message[]): void {
    const code = this.frames.peek();
    const word = code === null ? null : wordOf(code);
    if (word === null) return;
    this.frames.take(word.length);
    this.due = word === 'stmk' ? 'mask' : 'nothing';
    messages.push(word === 'isro' ? { kind: 'isro' } : ({ kind: 'word', word } as FourLetterWordRequest));
  }

  private readMask(messages: Message[]): void {
    if (this.frames.pending < MASK_SIZE) return;
    const mask = new JuteReader(this.frames.take(MASK_SIZE)).hex16();
    this.due = 'nothing';
    messages.push({ kind: 'word', word: 'stmk', mask } as FourLetterWordRequest);
  }

  private readFrame(reader: JuteReader): Message {
    if (this.due === 'connect') {
      const { request, old } = readConnectRequest(reader);
      this.old = old;
      this.due = 'request';
      return request;
    }
    const request = readClientRequest(reader);
    this.asked.add(request.cxid, request.op);
    return request;
  }
}
