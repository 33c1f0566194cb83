/** The events of a run as the few lines that tell its story: traffic collapsed, alike lines of several servers joined. */
import { formatZxid, type Zxid } from '../protocol/zxid.ts';
import type { SimEvent, SimEventKind } from '../sim/world-event.ts';
import { describe, errorName, type Tone } from './timeline.ts';

/** One line; `servers` empty where the whole world is concerned. Time in virtual ms. */
export interface StoryLine {
  readonly time: number;
  readonly servers: readonly number[];
  readonly text: string;
  readonly tone: Tone | 'narration';
}

/** Proposals, commits and answers since the last other line. */
interface Traffic {
  time: number;
  first: Zxid;
  last: Zxid;
  proposed: number;
  /** Who has the last proposal on disk. */
  onDisk: Set<number>;
  committed: Zxid;
  commits: number;
  answered: number;
  errors: Map<string, number>;
}

/** Lines about the same that come within so many virtual ms, from different servers, are one line. */
const JOIN_MS = 250;

/** Kinds of which several servers report the same at about the same time. */
const JOINED: ReadonlySet<SimEventKind> = new Set<SimEventKind>([
  'acceptedEpoch',
  'currentEpoch',
  'crashed',
  'diskFull',
  'elected',
  'loaded',
  'restarted',
  'role',
  'serving',
  'snapshotTaken',
]);

/** Collects events in their order; `lines` is complete after `end()`. */
export class Story {
  readonly lines: StoryLine[] = [];
  private traffic: Traffic | null = null;
  /** Who proposed or committed last; 0: nobody yet. */
  private proposer = 0;

  /** Takes an event that happened at a virtual time, ms. */
  event(event: SimEvent, time: number): void {
    if (this.count(event, time)) return;
    const { text, tone, story } = describe(event);
    if (!story) return;
    this.flush();
    if (JOINED.has(event.kind) && this.join(event.server, text, time)) return;
    this.lines.push({ time, servers: event.server === 0 ? [] : [event.server], text, tone });
  }

  /** Adds a line of the scenario's narration. */
  narrate(text: string, time: number): void {
    this.flush();
    this.lines.push({ time, servers: [], text, tone: 'narration' });
  }

  end(): void {
    this.flush();
  }

  /** Joins the line with an alike one, unless something about the same server stands between. */
  private join(server: number, text: string, time: number): boolean {
    for (let i = this.lines.length - 1; i >= 0; i--) {
      const line = this.lines[i]!;
      if (time - line.time > JOIN_MS || line.tone === 'narration' || line.servers.includes(server))
        return false;
      if (line.text !== text) continue;
      const servers = [...line.servers, server].sort((a, b) => a - b);
      this.lines[i] = { ...line, servers };
      return true;
    }
    return false;
  }

  /** Counts an event of the traffic; false where it is none. */
  private count(event: SimEvent, time: number): boolean {
    switch (event.kind) {
      case 'proposed': {
        if (this.proposer !== event.server) this.flush();
        this.proposer = event.server;
        const traffic = this.open(time);
        if (traffic.proposed === 0) traffic.first = event.zxid;
        traffic.last = event.zxid;
        traffic.proposed++;
        traffic.onDisk.clear();
        return true;
      }
      case 'flushed':
        if (this.traffic !== null && event.zxid >= this.traffic.last) this.traffic.onDisk.add(event.server);
        return true;
      case 'committed': {
        const traffic = this.open(time);
        traffic.committed = event.zxid;
        traffic.commits++;
        return true;
      }
      case 'replied': {
        const traffic = this.open(time);
        traffic.answered++;
        if (event.err !== 0) {
          const name = errorName(event.err);
          traffic.errors.set(name, (traffic.errors.get(name) ?? 0) + 1);
        }
        return true;
      }
      default:
        return false;
    }
  }

  private open(time: number): Traffic {
    this.traffic ??= {
      time,
      first: -1,
      last: -1,
      proposed: 0,
      onDisk: new Set(),
      committed: -1,
      commits: 0,
      answered: 0,
      errors: new Map(),
    };
    return this.traffic;
  }

  private flush(): void {
    const traffic = this.traffic;
    if (traffic === null) return;
    this.traffic = null;
    const parts: string[] = [];
    if (traffic.proposed > 0) parts.push(proposals(traffic));
    if (traffic.commits > 0 && traffic.committed !== traffic.last)
      parts.push(
        `${traffic.proposed > 0 ? 'has committed' : 'commits'} up to ${formatZxid(traffic.committed)}`,
      );
    if (traffic.answered > 0) parts.push(answers(traffic));
    const own = traffic.proposed > 0 || traffic.commits > 0;
    this.lines.push({
      time: traffic.time,
      servers: own && this.proposer !== 0 ? [this.proposer] : [],
      text: parts.join('; '),
      tone: 'traffic',
    });
  }
}

function proposals(traffic: Traffic): string {
  const { first, last, proposed, onDisk } = traffic;
  const which =
    proposed === 1 ? formatZxid(first) : `${formatZxid(first)} … ${formatZxid(last)} (${proposed})`;
  if (traffic.committed === last) return `proposes and commits ${which}`;
  const holders = [...onDisk].sort((a, b) => a - b);
  if (holders.length === 0) return `proposes ${which}`;
  return `proposes ${which}, ${proposed === 1 ? '' : 'the last '}on disk at ${holders.join(', ')}`;
}

function answers(traffic: Traffic): string {
  const failed = [...traffic.errors].map(([name, count]) => `${count} ${name}`).join(', ');
  return `${traffic.answered} ${traffic.answered === 1 ? 'request' : 'requests'} answered${failed === '' ? '' : ` (${failed})`}`;
}
