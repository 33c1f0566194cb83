/** The client's end of a client channel. */
import type { ClientMessage, FourLetterWordResponse, IsReadOnlyResponse } from '../client-messages.ts';
import type { Message } from '../host.ts';
import { AskedList } from './asked-list.ts';
import { readReply } from './client-reply.ts';
import { writeClientRequest } from './client-request.ts';
import { readConnectResponse, writeConnectRequest } from './connect.ts';
import { textBytes } from './four-letter-word.ts';
import { FrameDecoder, framed, MAX_FRAME } from './frame.ts';
import { JuteError, JuteReader, JuteWriter } from './jute.ts';
import { requestSize } from './request-size.ts';
import { StreamBuffer } from './stream-buffer.ts';
import { WireEnd } from './wire-end.ts';

const IS_READ_ONLY = textBytes('isro');
const MODES: readonly IsReadOnlyResponse['mode'][] = ['rw', 'ro', 'null'];

export class ClientEnd extends WireEnd {
  private readonly asked = new AskedList();
  private readonly frames: FrameDecoder;
  /** What the next frame, or answer without a frame, is. */
  private due: 'response' | 'mode' | 'text' | 'reply' = 'response';
  /** Of an answer without a frame. */
  private mode = '';
  /** Of the text that answers a word: bytes of a character that is not complete. */
  private readonly text = new StreamBuffer();

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
      case 'word':
        this.due = 'text';
        return said.mask === undefined ? textBytes(said.word) : new JuteWriter(8).hex16(said.mask).finish();
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
    if (this.due === 'text') {
      this.text.append(bytes);
      const text = new JuteReader(this.text.take(this.wholeCharacters())).utf8();
      if (text !== '') messages.push({ kind: 'wordAnswer', text } as FourLetterWordResponse);
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

  /** Bytes up to the end of the last character that has come whole. */
  private wholeCharacters(): number {
    const { text } = this;
    let last = text.length - 1;
    while (last > 0 && last > text.length - 4 && (text.at(last) & 0xc0) === 0x80) last--;
    const lead = last < 0 ? 0 : text.at(last);
    const length = lead < 0xc0 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
    return last + length > text.length ? last : text.length;
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
