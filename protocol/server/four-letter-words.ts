/** Four-letter words and their answers (server.command.FourLetterCommands, CommandExecutor). */
import type { ChannelId } from '../host.ts';
import type { FourLetterWord } from '../wire/four-letter-word.ts';
import type { AskedWord, Port } from './asked-word.ts';
import type { Role, Server } from './context.ts';
import { longText } from './java-text.ts';
import { monitor } from './word-mntr.ts';
import { connections, resetConnections, resetService, service, status } from './words-of-service.ts';
import {
  configuration,
  digests,
  directories,
  environment,
  sessions,
  watchesByConnection,
  watchesByPath,
  watchSummary,
} from './words-of-state.ts';

const NOT_SERVING = 'This ZooKeeper instance is not currently serving requests';

/** What ZooTrace begins with: requests, packets and events of sessions, warnings. */
const INITIAL_MASK = '0000000000000132';

/** WORD-2: the words that only a serving server answers. */
const ANSWERS: Readonly<Partial<Record<FourLetterWord, (asked: AskedWord) => string>>> = {
  conf: configuration,
  cons: connections,
  crst: resetConnections,
  dirs: directories,
  dump: sessions,
  hash: digests,
  mntr: monitor,
  srst: resetService,
  srvr: service,
  stat: status,
  wchc: watchesByConnection,
  wchp: watchesByPath,
  wchs: watchSummary,
};

/** Of one server. */
export class FourLetterWords {
  private readonly server: Server;
  private readonly port: Port;
  private mask = INITIAL_MASK;

  constructor(server: Server, port: Port) {
    this.server = server;
    this.port = port;
  }

  /**
   * The answer to a word; null: there is more to come, `stmk`'s mask.
   *
   * @param mask 16 hex digits, of a second message of `stmk`
   * @param role null: the server is not serving
   */
  answer(
    word: FourLetterWord,
    mask: string | undefined,
    channel: ChannelId,
    role: Role | null,
  ): string | null {
    if (!this.isEnabled(word)) return `${word} is not executed because it is not in the whitelist.\n`;
    switch (word) {
      case 'ruok':
        return 'imok';
      case 'isro':
        return role === null ? 'null' : role.readOnly ? 'ro' : 'rw';
      case 'gtmk':
        return longText(this.mask);
      case 'stmk':
        if (mask === undefined) return null;
        this.mask = mask;
        return longText(mask);
      case 'envi':
        return environment(this.server.config);
      default: {
        const { server, port } = this;
        if (role !== null)
          return (ANSWERS[word] as (asked: AskedWord) => string)({ server, port, role, channel });
        return word === 'hash' ? NOT_SERVING : `${NOT_SERVING}\n`;
      }
    }
  }

  /** WORD-1. */
  private isEnabled(word: FourLetterWord): boolean {
    const { fourLetterWords, readOnlyMode } = this.server.config;
    if (word === 'srvr' || (word === 'isro' && readOnlyMode)) return true;
    return fourLetterWords.includes(word) || fourLetterWords.includes('*');
  }
}
