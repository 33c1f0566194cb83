/** How far a campaign is: a bar on a terminal, else a line now and then; both on stderr. */
import { SingleBar } from 'cli-progress';
import type { Progress } from './campaign.ts';
import { perSecond } from './fuzz-result.ts';

/** A campaign of so many ms or more shows its progress. */
const PATIENCE_MS = 1000;
/** ms between two lines where there is no terminal. */
const LINE_MS = 15_000;
const WHOLE = 1000;

/** Shows runs, runs/s, events/s, violations and what remains. */
export class CampaignProgress {
  private readonly budgetMs: number;
  private bar: SingleBar | null = null;
  private lineMs = LINE_MS;

  /** @param budgetMs wall ms that the campaign may take; infinite: no limit */
  constructor(budgetMs: number) {
    this.budgetMs = budgetMs;
  }

  readonly show = (so: Progress): void => {
    if (so.wallMs < PATIENCE_MS) return;
    if (process.stderr.isTTY) this.draw(so);
    else if (so.wallMs >= this.lineMs) {
      this.lineMs = so.wallMs + LINE_MS;
      process.stderr.write(`${this.text(so)}\n`);
    }
  };

  stop(): void {
    this.bar?.stop();
    this.bar = null;
  }

  private draw(so: Progress): void {
    if (this.bar === null) {
      this.bar = new SingleBar({
        format: '{bar} {text}',
        barCompleteChar: '█',
        barIncompleteChar: '░',
        barsize: 20,
        clearOnComplete: true,
        stream: process.stderr,
      });
      this.bar.start(WHOLE, 0, { text: '' });
    }
    this.bar.update(Math.floor(this.share(so) * WHOLE), { text: this.text(so) });
  }

  /** By runs or by time, whichever ends first. */
  private share({ runs, total, wallMs }: Progress): number {
    return Math.min(1, Math.max(total === 0 ? 1 : runs / total, wallMs / this.budgetMs));
  }

  private text(so: Progress): string {
    const { total, runs, events, violations, wallMs } = so;
    const left = (wallMs * (1 - this.share(so))) / Math.max(1e-9, this.share(so));
    return [
      total === Number.POSITIVE_INFINITY ? `${runs} runs` : `${runs}/${total} runs`,
      `${Math.round(perSecond(runs, wallMs))} runs/s`,
      `${Math.round(perSecond(events, wallMs) / 1000)}k events/s`,
      `${violations} ${violations === 1 ? 'violation' : 'violations'}`,
      `${duration(left)} left`,
    ].join(', ');
  }
}

/** Wall ms as `8s`, `3m10s`, `2h05m`. */
export function duration(ms: number): string {
  const seconds = Math.ceil(ms / 1000);
  const two = (value: number): string => String(value).padStart(2, '0');
  if (seconds < 60) return `${seconds}s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)}m${two(seconds % 60)}s`;
  return `${Math.floor(seconds / 3600)}h${two(Math.floor((seconds % 3600) / 60))}m`;
}
