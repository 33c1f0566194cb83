/** The events that show a violation: where what its text names came about, and what led to the event that broke the property. */
import type { SessionId } from '../../protocol/txn.ts';
import type { Zxid } from '../../protocol/zxid.ts';
import type { Violation } from '../../sim/world.ts';
import type { SimEvent } from '../../sim/world-event.ts';
import type { Times } from './times.ts';

/** Proposals of whose fate something is kept: the latest. */
const MOST_PROPOSALS = 20_000;
/** Events named for one violation, and causes of it among them. */
const MOST_EVENTS = 12;
const MOST_CAUSES = 3;

/** A server, and the event in which something came about on it last. */
type ByServer = Map<number, number>;

/** What became of a proposal. */
class Fate {
  readonly logged: ByServer = new Map();
  readonly committed: ByServer = new Map();
  readonly delivered: ByServer = new Map();
}

/** Numbers after a word: `servers 1 and 3` has 1 and 3 after `server`. */
function named(text: string, word: string): number[] {
  const found: number[] = [];
  for (const [, list] of text.matchAll(new RegExp(`\\b${word}s? (\\d+(?:(?:, | and )\\d+)*)`, 'g')))
    for (const [number] of list!.matchAll(/\d+/g)) found.push(Number(number));
  return found;
}

/** Zxids written as `[epoch,counter]` or in hexadecimal. */
function zxidsIn(text: string): Zxid[] {
  const pairs = [...text.matchAll(/\[(\d+),(\d+)\]/g)];
  return [
    ...pairs.map(([, epoch, counter]) => Number(epoch) * 0x1_0000_0000 + Number(counter)),
    ...[...text.matchAll(/\b0x[0-9a-f]+\b/g)].map(([hex]) => Number(hex)),
  ];
}

/** Grows while the run is recorded. */
export class Witnesses {
  private readonly fates = new Map<Zxid, Fate>();
  /** Events in which somebody was established as the leader of an epoch. */
  private readonly established = new Map<number, readonly number[]>();
  /** Where a server refused to start, and where a session was opened or expired, last. */
  private readonly refused: ByServer = new Map();
  private readonly sessions = new Map<SessionId, number>();
  /** What a client was told last, by its number. */
  private readonly told: ByServer = new Map();

  /** Takes what was reported during an event. */
  probe(event: SimEvent, index: number): void {
    switch (event.kind) {
      case 'logged':
      case 'committed':
        this.fate(event.zxid)[event.kind].set(event.server, index);
        return;
      case 'applied':
        if (event.delivered) this.fate(event.zxid).delivered.set(event.server, index);
        return;
      case 'established': {
        this.established.set(event.epoch, [...(this.established.get(event.epoch) ?? []), index]);
        return;
      }
      case 'refused':
        this.refused.set(event.server, index);
        return;
      case 'sessionOpened':
      case 'expired':
        this.sessions.set(event.session, index);
        return;
      case 'told':
      case 'answered':
      case 'notified':
        this.told.set(event.client, index);
        return;
      default:
    }
  }

  private fate(zxid: Zxid): Fate {
    const known = this.fates.get(zxid);
    if (known !== undefined) return known;
    const fate = new Fate();
    this.fates.set(zxid, fate);
    if (this.fates.size > MOST_PROPOSALS) this.fates.delete(this.fates.keys().next().value!);
    return fate;
  }

  /**
   * The events that show a violation which has just been found, ascending, the violating one last: of the proposals that
   * its text names, where they were committed and where the servers named delivered them; where the leaders of an epoch
   * named were established, a server refused to start, a session was opened or expired; what the clients named were told
   * last; events that it names itself; and the causes of the violating event, unless it was found only `atEnd`.
   */
  of({ event, text }: Violation, times: Times, atEnd: boolean): number[] {
    const found = new Set<number>();
    const add = (at: number | undefined): void => {
      if (at !== undefined && at > 0 && at < event) found.add(at);
    };
    const servers = [...named(text, 'server'), ...named(text, 'leader')];
    for (const zxid of zxidsIn(text)) {
      const fate = this.fates.get(zxid);
      if (fate === undefined) continue;
      for (const at of fate.committed.values()) add(at);
      const { delivered, logged } = fate;
      for (const server of servers) add(delivered.get(server) ?? logged.get(server));
      // Whoever delivered it first shows that it was delivered at all.
      add(Math.min(...delivered.values()));
    }
    for (const epoch of named(text, 'epoch')) for (const at of this.established.get(epoch) ?? []) add(at);
    if (/\brefused\b/.test(text)) for (const server of servers) add(this.refused.get(server));
    for (const [, session] of text.matchAll(/\bsession ([0-9a-f]{16})\b/g)) add(this.sessions.get(session!));
    for (const client of named(text, 'client')) add(this.told.get(client));
    for (const other of named(text, 'event')) add(other);
    let cause = atEnd ? 0 : event;
    for (let i = 0; i < MOST_CAUSES && cause > 0; i++) {
      cause = times.causeOf(cause);
      add(cause);
    }
    return [...[...found].sort((a, b) => a - b).slice(1 - MOST_EVENTS), event];
  }

  /** A copy up to an event, that included; what came about again later is forgotten. */
  upTo(event: number): Witnesses {
    const copy = new Witnesses();
    const until = (all: ByServer, into: ByServer): void => {
      for (const [server, at] of all) if (at <= event) into.set(server, at);
    };
    for (const [zxid, fate] of this.fates) {
      const kept = new Fate();
      until(fate.logged, kept.logged);
      until(fate.committed, kept.committed);
      until(fate.delivered, kept.delivered);
      if (kept.logged.size + kept.committed.size + kept.delivered.size > 0) copy.fates.set(zxid, kept);
    }
    for (const [epoch, there] of this.established)
      copy.established.set(
        epoch,
        there.filter((at) => at <= event),
      );
    until(this.refused, copy.refused);
    for (const [session, at] of this.sessions) if (at <= event) copy.sessions.set(session, at);
    until(this.told, copy.told);
    return copy;
  }
}
