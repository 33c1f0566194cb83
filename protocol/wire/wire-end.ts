/** One end of a channel, between values and bytes. */
import type { Message } from '../host.ts';
import { JuteError } from './jute.ts';

/**
 * Writes what this end says and reads what the other end says. It remembers what the bytes alone do not tell, such as
 * which request a reply is to. Plain data: it may be cloned.
 */
export abstract class WireEnd {
  /** Why nothing more can be read: the channel is of no more use; null while all is well. */
  failure: string | null = null;

  /** The bytes of the next message that this end sends. @throws JuteError for a message that has none */
  abstract encode(message: Message): Uint8Array;

  /**
   * Takes the next bytes of the stream, cut anywhere, which must not change afterwards, and gives the messages that
   * they complete. Bytes of any kind throw nothing: those that are no message set {@link failure}, and what comes
   * behind them is passed over.
   */
  decode(bytes: Uint8Array): Message[] {
    const messages: Message[] = [];
    if (this.failure !== null) return messages;
    try {
      this.read(bytes, messages);
    } catch (error) {
      if (!(error instanceof JuteError)) throw error;
      this.failure = error.message;
    }
    return messages;
  }

  /** Puts what the bytes complete behind the other messages. @throws JuteError for what is no message */
  protected abstract read(bytes: Uint8Array, messages: Message[]): void;
}
