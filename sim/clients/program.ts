/** Generator programs as client programs of a catalog. */
import {
  type ClientEvent,
  type Program,
  ProgramClient,
  type ProgramMaker,
  type Ticket,
} from '../../protocol/client/index.ts';
import type { Host } from '../../protocol/host.ts';
import type { ClientOp, Result } from '../../protocol/request.ts';
import type { Zxid } from '../../protocol/zxid.ts';
import type { ClientActor, ClientProgramFactory, ClientSettings } from '../catalog.ts';
import { asObject, type Member, object } from '../shape.ts';
import type { Json } from '../spec.ts';
import { countAnswer, countEvent, noCounts } from './counting.ts';
import { CLIENT_MEMBERS, type ClientParams, clientOptions } from './params.ts';

/** A program with its parameters; a constant. */
export interface ProgramDefinition {
  /** Members of its parameters, besides those of every program ({@link ClientParams}). */
  readonly members: Readonly<Record<string, Member>>;
  /** `params` are checked by `members`. */
  make(params: Json, settings: ClientSettings): Program;
}

/** What a program is made from. */
export interface MakerParams {
  readonly params: Json;
  readonly settings: ClientSettings;
}

/** A program as a client of a run. */
export class ProgramActor extends ProgramClient<MakerParams> implements ClientActor {
  readonly counters = noCounts();
  /** Tickets of what was asked beside the program. */
  readonly aside = new Set<Ticket>();

  constructor(host: Host, id: number, maker: ProgramMaker<MakerParams>, given: MakerParams) {
    const options = clientOptions(given.params as ClientParams, given.settings);
    super(host, id, options, maker, given);
  }

  submit(request: ClientOp): void {
    if (this.client.alive && !this.client.closing) this.aside.add(this.client.submit(request));
  }

  override onAnswer(ticket: Ticket, result: Result, zxid: Zxid): void {
    if (this.aside.delete(ticket)) return;
    this.counters.started++;
    countAnswer(this.counters, result, zxid);
    super.onAnswer(ticket, result, zxid);
  }

  override onEvent(event: ClientEvent): void {
    countEvent(this.counters, event);
    super.onEvent(event);
  }
}

/** Makes a program of a catalog. Its parameters are the definition's and those of {@link ClientParams}. */
export function programActor(definition: ProgramDefinition): ClientProgramFactory {
  const shape = object({ ...CLIENT_MEMBERS, ...definition.members });
  const maker: ProgramMaker<MakerParams> = {
    make: ({ params, settings }) => definition.make(params, settings),
  };
  return (host, id, params, settings) => {
    asObject(params, 'params');
    shape(params, 'params');
    return new ProgramActor(host, id, maker, { params, settings });
  };
}
