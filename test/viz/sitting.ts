// A sitting at the lab without a page: what it replies is kept.
import { fullCatalog } from '../../scenarios/full-catalog.ts';
import type { Act } from '../../viz/model/edits.ts';
import type { Frame } from '../../viz/model/frame.ts';
import type { FrameReply, OpenedReply, Reply, Request } from '../../viz/model/messages.ts';
import { Session } from '../../viz/model/session.ts';
import { STANDARD } from '../../viz/model/standard.ts';

export { STANDARD };

export class Sitting {
  readonly replies: Reply[] = [];
  readonly session = new Session(fullCatalog, STANDARD, (reply) => this.replies.push(structuredClone(reply)));

  async ask(request: Request): Promise<this> {
    await this.session.handle(request);
    return this;
  }

  /** Does something where one stands. */
  act(deed: Act): Promise<this> {
    return this.ask({ kind: 'act', act: deed, event: this.frame.event });
  }

  record(): this {
    while (this.session.work()) this.session.report();
    this.session.report();
    return this;
  }

  last<K extends Reply['kind']>(kind: K): Extract<Reply, { kind: K }> {
    return this.replies.findLast((reply) => reply.kind === kind) as Extract<Reply, { kind: K }>;
  }

  get frame(): Frame {
    return (this.last('frame') as FrameReply).frame;
  }

  get opened(): OpenedReply {
    return this.last('opened');
  }
}

/** A sitting that was opened by what stands behind the `#` of a link. */
export async function sitting(fragment: string | null = ''): Promise<Sitting> {
  if (fragment === null) throw new Error('the run is too large for a link');
  return new Sitting().ask({ kind: 'link', fragment });
}
