/**
 * A run as a log for ShiViz: two lines per event, its host with a vector clock and what happened. Parser expression:
 * `(?<host>\S*) (?<clock>{.*})\n(?<event>.*)`. Only what a machine does is in it, and pings are left out.
 */
import type { StretchEvent } from './stretch.ts';

/** More events than these no reader of the log can show. */
export const MOST_SHIVIZ_EVENTS = 20_000;

const host = (id: number): string => (id > 1000 ? `client${id - 1000}` : `server${id}`);

export function shivizLog(events: readonly StretchEvent[]): string {
  const clocks = new Map<number, Map<string, number>>();
  /** The clock of each event, for those that it causes. */
  const at = new Map<number, ReadonlyMap<string, number>>();
  const lines: string[] = [];
  for (const { event, owner, from, family, cause, text, told } of events) {
    if (owner === 0 || family === 'ping') continue;
    const mine = clocks.get(owner) ?? new Map<string, number>();
    const sent = from > 0 ? at.get(cause) : undefined;
    if (sent !== undefined)
      for (const [one, count] of sent) mine.set(one, Math.max(count, mine.get(one) ?? 0));
    mine.set(host(owner), (mine.get(host(owner)) ?? 0) + 1);
    clocks.set(owner, mine);
    at.set(event, new Map(mine));
    const what = [text, ...told.map((one) => one.text)].join('; ');
    lines.push(`${host(owner)} ${JSON.stringify(Object.fromEntries(mine))}`, what.replaceAll('\n', ' '));
  }
  return `${lines.join('\n')}\n`;
}
