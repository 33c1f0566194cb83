/** The server's end of a client channel. */
import type { ClientMessage } from '../client-messages.ts';
import type { Message } from '../host.ts';
import { AskedList } from './asked-list.ts';
import { writeReply, writeWatchEvent } from './client-reply.ts';
import { readClientRequest } from './client-request.ts';
import { readConnectRequest, writeConnectResponse } from './connect.ts';
import { asciiBytes, type FourLetterWord, utf8Bytes, wordOf } from './four-letter-word.ts';
import { FrameDecoder, framed, MAX_FRAME } from './frame.ts';
import { JuteError, JuteReader } from './jute.ts';
import { WireEnd } from './wire-end.ts';

/** Bytes behind `stmk`: the trace mask, a long. */
const MASK_SIZE = 8;
/** Room for most replies; longer ones grow. */
const REPLY_SIZE = 96;

export class ServerEnd extends WireEnd {
  private readonly asked = new AskedList();
  private readonly frames: FrameDecoder;
  /** What the next bytes are; nothing counts behind a four-letter word. */
  private due: 'connect' | 'request' | 'nothing' = 'connect';
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
        return asciiBytes(said.mode);
      case 'wordAnswer':
        return utf8Bytes(said.text);
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
    if (this.due === 'connect') {
      const first = this.frames.peek();
      if (first === null) return;
      const word = wordOf(first);
      if (word !== null) {
        this.readWord(word, messages);
        return;
      }
    }
    for (let frame = this.frames.next(); frame !== null; frame = this.frames.next()) {
      messages.push(this.readFrame(new JuteReader(frame, 0, frame.length, true)));
    }
  }

  private readWord(word: FourLetterWord, messages: Message[]): void {
    if (word === 'stmk') {
      const argument = this.frames.behindLength(MASK_SIZE);
      if (argument === null) return;
      messages.push({ kind: 'word', word, argument } as Message);
    } else messages.push(word === 'isro' ? { kind: 'isro' } : ({ kind: 'word', word } as Message));
    this.due = 'nothing';
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
