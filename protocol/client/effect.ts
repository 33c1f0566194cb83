/**
 * What a program yields: one thing it asks of the runner, as plain data. The value it is fed in return is plain too, so that
 * a list of fed values is the whole state of a program.
 */
import type { Message } from '../host.ts';
import type { ClientOp } from '../request.ts';

/** Puts an operation in the client's queue; fed its ticket. */
export interface SubmitEffect {
  readonly kind: 'submit';
  readonly op: ClientOp;
}
/** Waits for the answer to a ticket; fed an Answer. A ticket can be asked for once. */
export interface AnswerEffect {
  readonly kind: 'answer';
  readonly ticket: number;
}
/**
 * Waits for the oldest event not asked for yet; fed a ClientEvent, null when the time is over, or an error code once there
 * will be none any more.
 */
export interface EventEffect {
  readonly kind: 'event';
  /** Null: of any path. */
  readonly path: string | null;
  /** ms; negative: for ever. */
  readonly withinMs: number;
}
/** Forgets the events kept. */
export interface ForgetEventsEffect {
  readonly kind: 'forgetEvents';
  /** Null: of all paths. */
  readonly path: string | null;
}
export interface AddAuthEffect {
  readonly kind: 'addAuth';
  readonly scheme: string;
  readonly auth: Uint8Array;
}
/** Ends the session; fed when it is ended. */
export interface CloseEffect {
  readonly kind: 'close';
}
/** Fed the session's id and timeout, the client's state and the zxid last seen. */
export interface SessionEffect {
  readonly kind: 'session';
}
export interface SleepEffect {
  readonly kind: 'sleep';
  readonly ms: number;
}
/** Fed the machine's monotonic clock, ms. */
export interface NowEffect {
  readonly kind: 'now';
}
/** Fed a number in [0, 1). */
export interface RandomEffect {
  readonly kind: 'random';
}
/** Reports through the probe `told`. */
export interface TellEffect {
  readonly kind: 'tell';
  readonly recipe: string;
  readonly action: string;
  readonly path: string;
  readonly token: number;
  readonly holder: string;
}
/** Asks a machine outside ZooKeeper; fed its first message, or null. */
export interface CallEffect {
  readonly kind: 'call';
  readonly service: number;
  readonly request: Message;
  readonly withinMs: number;
}

export type Effect =
  | SubmitEffect
  | AnswerEffect
  | EventEffect
  | ForgetEventsEffect
  | AddAuthEffect
  | CloseEffect
  | SessionEffect
  | SleepEffect
  | NowEffect
  | RandomEffect
  | TellEffect
  | CallEffect;
