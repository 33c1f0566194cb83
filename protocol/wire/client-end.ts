/** The client's end of a client channel. */
import type { ClientMessage, IsReadOnlyResponse } from '../client-messages.ts';
import type { Message } from '../host.ts';
import { AskedList } from './asked-list.ts';
import { readReply } from './client-reply.ts';
import { writeClientRequest } from './client-request.ts';
import { readConnectResponse, writeConnectRequest } from './connect.ts';
import { asciiBytes } from './four-letter-word.ts';
import { FrameDecoder, framed, MAX_FRAME } from './frame.ts';
import { JuteError, JuteReader } from './jute.ts';
import { requestSize } from './request-size.ts';
import { WireEnd } from './wire-end.ts';

const IS_READ_ONLY = asciiBytes('isro');
const MODES: readonly IsReadOnlyResponse['mode'][] = ['rw', 'ro', 'null'];

export class ClientEnd extends WireEnd {
  private readonly asked = new AskedList();
  private readonly frames: FrameDecoder;
  /** What the next frame, or answer without a frame, is. */
  private due: 'response' | 'mode' | 'reply' = 'response';
  /** Of an answer without a frame. */
  private mode = '';

  /** @param maxFrame largest frame that it accepts, bytes */
  constructor(maxFrame: number = MAX_FRAME) {
    super();
    this.frames = new FrameDecoder(maxFrame);
  }

  encode(message: Message): Uint8Array {
    const said = message as ClientMessage;
    switch (said.kind) {
      case 'isro':
        this.due = 'mode';
        return IS_READ_ONLY.slice();
      case 'connect':
        return framed(64, (writer) => writeConnectRequest(writer, said));
      case 'request':
        this.asked.add(said.cxid, said.op);
        return framed(requestSize(said.op), (writer) => writeClientRequest(writer, said));
      default:
        throw new JuteError(`a client does not send ${message.kind}`);
    }
  }

  protected read(bytes: Uint8Array, messages: Message[]): void {
    if (this.due === 'mode') {
      this.readMode(bytes, messages);
      return;
    }
    this.frames.append(bytes);
    for (let frame = this.frames.next(); frame !== null; frame = this.frames.next()) {
      const reader = new JuteReader(frame);
      if (this.due === 'response') {
        this.due = 'reply';
        messages.push(readConnectResponse(reader));
      } else messages.push(readReply(reader, (cxid) => this.asked.take(cxid)));
    }
  }

  /** Text without a length; what comes behind it is passed over. */
  private readMode(bytes: Uint8Array, messages: Message[]): void {
    if (MODES.some((mode) => mode === this.mode)) return;
    for (const byte of bytes) {
      this.mode += String.fromCharCode(byte);
      const mode = MODES.find((each) => each === this.mode);
      if (mode !== undefined) {
        messages.push({ kind: 'isroAnswer', mode } as IsReadOnlyResponse);
        return;
      }
      if (!MODES.some((each) => each.startsWith(this.mode))) throw new JuteError('no answer to isro');
    }
  }
}
