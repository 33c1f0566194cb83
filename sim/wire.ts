/** Messages as bytes: what `world.wire` puts in the place of the values on a channel. */
import type { EnsembleConfig } from '../protocol/config.ts';
import type { Message, Port } from '../protocol/host.ts';
import { ClientEnd } from '../protocol/wire/client-end.ts';
import { configText, ELECTION_PORT } from '../protocol/wire/config-text.ts';
import { ElectionEnd } from '../protocol/wire/election-end.ts';
import { QuorumEnd } from '../protocol/wire/quorum-end.ts';
import { ServerEnd } from '../protocol/wire/server-end.ts';
import type { WireEnd } from '../protocol/wire/wire-end.ts';

/** The limits on sizes are left to the servers: they are in force for values too. */
const NO_LIMIT = 0x7fff_ffff;

function hostOf(server: number): string {
  return `10.0.0.${server}`;
}

/** Makes the ends of an ensemble's channels. */
export class Wire {
  private readonly config: string;

  constructor(config: EnsembleConfig) {
    this.config = configText(config, hostOf);
  }

  /** @param dialled the end is the dialler's. @param machine whose it is */
  end(port: Port, dialled: boolean, machine: number): WireEnd {
    switch (port) {
      case 'client':
        return dialled ? new ClientEnd(NO_LIMIT) : new ServerEnd(NO_LIMIT);
      case 'quorum':
        return new QuorumEnd(dialled ? 'learner' : 'leader', this.config, NO_LIMIT, true);
      case 'election':
        return new ElectionEnd(dialled, `${hostOf(machine)}:${ELECTION_PORT}`, this.config);
    }
  }
}

/** The message of these bytes. @throws Error where they are not one message */
export function arrived(end: WireEnd, kind: string, bytes: Uint8Array): Message {
  const messages = end.decode(bytes);
  const [first] = messages;
  if (first === undefined || messages.length > 1) {
    throw new Error(`the bytes of ${kind} are ${messages.length} messages (${end.failure ?? 'no error'})`);
  }
  return first;
}
