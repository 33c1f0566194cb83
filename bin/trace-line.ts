/** One event of the queue as a line of `--trace`: when, which, what caused it, what it is. */
import type { Message } from '../protocol/host.ts';
import { formatZxid } from '../protocol/zxid.ts';
import { FIRST_CLIENT } from '../sim/network.ts';
import { EVENT_NAMES, type QueuedEvent } from '../sim/queue.ts';
import { formatTime } from '../sim/sentences.ts';

/** `server 3`, `client 1001`, or `the world`. */
export function machineName(id: number): string {
  if (id === 0) return 'the world';
  return id < FIRST_CLIENT ? `server ${id}` : `client ${id}`;
}

/** A message's kind, with the zxid that it carries. */
function messageText(message: Message): string {
  const { kind, zxid } = message as Message & { readonly zxid?: unknown };
  return typeof zxid === 'number' && zxid > 0 ? `${kind} ${formatZxid(zxid)}` : kind;
}

/** What the event is. */
export function eventText(event: QueuedEvent): string {
  const who = machineName(event.owner);
  const name = EVENT_NAMES[event.kind] ?? `kind ${event.kind}`;
  const from = event.end === null ? '' : ` ← ${machineName(event.end.peer.machine.id)}`;
  const what = event.message === null ? event.name : messageText(event.message);
  return `${who}${from}: ${name}${what === '' ? '' : ` ${what}`}`;
}

/** The columns of an event: virtual ms, its index, the index of the event that caused it (`–`: none), its text. */
export function traceColumns(event: QueuedEvent, index: number): readonly [string, string, string, string] {
  return [
    formatTime(event.time / 1000),
    String(index),
    event.cause === 0 ? '–' : String(event.cause),
    eventText(event),
  ];
}
