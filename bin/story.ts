/** The events of a run as the few lines that tell its story: traffic collapsed, alike lines of several servers joined. */
import { OpCode } from '../protocol/txn.ts';
import { formatZxid, type Zxid } from '../protocol/zxid.ts';
import { describe, errorName, subjectOf, type Tone } from '../sim/sentences.ts';
import type { SimEvent, SimEventKind } from '../sim/world-event.ts';

/**
 * One line; `subjects` are the ids of the machines it tells of, none where the whole world is concerned. Time in virtual
 * ms.
 */
export interface StoryLine {
  readonly time: number;
  readonly subjects: readonly number[];
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
  /** What programs told, too much for a line each: how often, by recipe and action. */
  told: Map<string, number>;
}

/** Of what programs tell, at most so many lines within so many virtual ms; the rest is counted. */
const TOLD_LINES = 6;
const TOLD_MS = 1000;

/** Lines about the same that come within so many virtual ms, from different servers, are one line. */
const JOIN_MS = 250;

/** Kinds of which several servers report the same at about the same time. */
const JOINED: ReadonlySet<SimEventKind> = new Set<SimEventKind>([
  'acceptedEpoch',
  'clientCrashed',
  'clientCut',
  'clientDisconnected',
  'clientPaused',
  'clientResumed',
  'clientStarted',
  'currentEpoch',
  'crashed',
  'diskFull',
  'elected',
  'loaded',
  'paused',
  'readOnly',
  'restarted',
  'resumed',
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
  /** When the last {@link TOLD_LINES} lines of programs came, oldest first. */
  private readonly toldAt: number[] = [];

  /** Takes an event that happened at a virtual time, ms. */
  event(event: SimEvent, time: number): void {
    if (this.count(event, time)) return;
    const { text, tone, story } = describe(event);
    // That clients start with the run goes without saying.
    if (!story || (event.kind === 'clientStarted' && time === 0)) return;
    this.flush();
    const subject = subjectOf(event);
    if (JOINED.has(event.kind) && this.join(subject, text, time)) return;
    this.lines.push({ time, subjects: subject === 0 ? [] : [subject], text, tone });
  }

  /** Adds a line of the scenario's narration. */
  narrate(text: string, time: number): void {
    this.flush();
    this.lines.push({ time, subjects: [], text, tone: 'narration' });
  }

  end(): void {
    this.flush();
  }

  /** Joins the line with an alike one, unless something about the same machine stands between. */
  private join(subject: number, text: string, time: number): boolean {
    for (let i = this.lines.length - 1; i >= 0; i--) {
      const line = this.lines[i]!;
      if (time - line.time > JOIN_MS || line.tone === 'narration' || line.subjects.includes(subject))
        return false;
      if (line.text !== text) continue;
      const subjects = [...line.subjects, subject].sort((a, b) => a - b);
      this.lines[i] = { ...line, subjects };
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
      case 'told': {
        if (this.toldAt.length < TOLD_LINES || time - this.toldAt[0]! >= TOLD_MS) {
          if (this.toldAt.length === TOLD_LINES) this.toldAt.shift();
          this.toldAt.push(time);
          return false;
        }
        const { told } = this.open(time);
        const what = `${event.recipe}: ${event.action}`;
        told.set(what, (told.get(what) ?? 0) + 1);
        return true;
      }
      case 'replied': {
        if (event.op === OpCode.ping) return true;
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
      told: new Map(),
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
    for (const [what, times] of traffic.told) parts.push(`${what}, ${times} more`);
    const own = traffic.proposed > 0 || traffic.commits > 0;
    this.lines.push({
      time: traffic.time,
      subjects: own && this.proposer !== 0 ? [this.proposer] : [],
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
