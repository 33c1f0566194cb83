/** Commands to a running ensemble: faults, and questions about it. */
import { resolve } from 'node:path';
import { FAULT_USAGES, FaultTextError, parseFault } from '../../sim/fault-text.ts';
import type { Mishap } from '../../sim/spec.ts';
import { SpecError } from '../../sim/spec-error.ts';
import type { SimEvent } from '../../sim/world-event.ts';
import { faultAnswer, type ServerFault } from './fault-answer.ts';
import type { ServerStatus } from './gateway.ts';

/** Commands that are no faults. */
export const COMMANDS = ['status', 'save', 'help'] as const;

/** How long an answer waits for servers to take up their parts, ms. */
const PATIENCE = 1500;
/** And for the fault to strike, which a busy machine puts off. */
const LONG_PATIENCE = 15_000;
const LOOK_EVERY = 20;

/** What is controlled: a gateway. */
export interface Controlled {
  status(): ServerStatus[];
  /** A fault strikes now. @throws SpecError where it is none */
  fault(fault: Mishap): void;
  /** @throws Error with one sentence */
  save(path: string): Promise<void>;
}

/** What came of a command. */
export interface ControlAnswer {
  readonly ok: boolean;
  /** Sentences, for people: what happened, or why nothing did. */
  readonly text: string;
  readonly servers: readonly ServerStatus[];
}

/** Carries out commands, one after the other. */
export class Control {
  private readonly find: () => Controlled;
  /** What the world does while a fault strikes. */
  private seen: SimEvent[] | null = null;
  private last: Promise<unknown> = Promise.resolve();

  /** @param ensemble asked for with every command: events come before an ensemble is there */
  constructor(ensemble: () => Controlled) {
    this.find = ensemble;
  }

  private get ensemble(): Controlled {
    return this.find();
  }

  /** Something happened in the ensemble. Called for everything, so it does next to nothing. */
  onProbe(event: SimEvent): void {
    if (this.seen !== null && WORLD_KINDS.has(event.kind)) this.seen.push({ ...event });
  }

  /** Carries out what a person wrote. Never rejects. */
  command(text: string): Promise<ControlAnswer> {
    const answer = this.last.then(() => this.carryOut(text.trim()));
    this.last = answer;
    return answer;
  }

  private async carryOut(text: string): Promise<ControlAnswer> {
    try {
      return this.answer(true, await this.done(text));
    } catch (error) {
      if (error instanceof FaultTextError) return this.answer(false, error.message);
      if (error instanceof SpecError) return this.answer(false, `that is no fault here: ${error.message}`);
      return this.answer(false, `it failed: ${(error as Error).message}`);
    }
  }

  private answer(ok: boolean, text: string): ControlAnswer {
    return { ok, text, servers: this.ensemble.status() };
  }

  private async done(text: string): Promise<string> {
    const [, word = '', rest = ''] = /^(\S*)\s*(.*)$/s.exec(text) ?? [];
    switch (word.toLowerCase()) {
      case 'status':
        if (rest !== '') throw new FaultTextError(`'${rest}' is too much; write 'status'`);
        return statusText(this.ensemble.status());
      case 'help':
        return helpText();
      case 'save':
        if (rest === '')
          throw new FaultTextError("there is no file in it; write 'save FILE', as in 'save session.json'");
        await this.ensemble.save(resolve(rest)).catch((error: Error) => {
          throw new FaultTextError(`cannot write ${rest}: ${error.message}`);
        });
        return `the session is in ${rest}: 'zab-lab run ${rest}' repeats it`;
      default:
        return await this.strike(text);
    }
  }

  private async strike(text: string): Promise<string> {
    const { ensemble } = this;
    const before = ensemble.status();
    const fault = parseFault(
      text,
      before.map(({ server }) => server),
      COMMANDS,
    );
    if (!isOfServers(fault))
      throw new FaultTextError(
        `'${text}' is for simulated clients and messages on their way, and here clients are real`,
      );
    if (Object.values(fault).flat(2).includes('it'))
      throw new FaultTextError(
        `'it' is the server of what sets off a fault, and here nothing does: name one`,
      );
    const seen: SimEvent[] = [];
    this.seen = seen;
    try {
      ensemble.fault(fault);
      // It strikes in a turn of the simulation; a start is an event of its own behind it.
      await until(() => hasStruck(fault, before, seen), LONG_PATIENCE);
    } finally {
      this.seen = null;
    }
    await until(() => isSettled(ensemble.status()));
    return [faultAnswer(fault, before, seen), statusText(ensemble.status())].join('; ');
  }
}

/** Looks until something holds, or it takes too long. */
async function until(done: () => boolean, patience: number = PATIENCE): Promise<void> {
  const end = performance.now() + patience;
  while (!done() && performance.now() < end) await new Promise((after) => setTimeout(after, LOOK_EVERY));
}

function isOfServers(fault: Mishap): fault is ServerFault {
  return !('client' in fault || 'message' in fault);
}

/** The world has told all that the answer needs. */
function hasStruck(fault: ServerFault, before: readonly ServerStatus[], seen: readonly SimEvent[]): boolean {
  const struck = seen.find(({ kind }) => kind === 'faulted');
  if (struck === undefined || fault.kind !== 'restart') return struck !== undefined;
  const meant = before.filter(({ server }) => fault.server === 'all' || server === struck.server);
  const started = seen.filter(({ kind }) => kind === 'restarted').length;
  return started >= meant.filter(({ state }) => state === 'down').length;
}

/** All servers that run have a part again. */
function isSettled(servers: readonly ServerStatus[]): boolean {
  return servers.every(({ state, serving }) => state === 'down' || serving);
}

/** What the world tells of a fault that strikes. */
const WORLD_KINDS: ReadonlySet<string> = new Set([
  'faulted',
  'restarted',
  'partitioned',
  'linkCut',
  'slowed',
  'lossChanged',
  'corrupted',
]);

/** `server 3 leads epoch 1; 1, 2 follow; 4 observes; 5 is down`. */
export function statusText(servers: readonly ServerStatus[]): string {
  const those = (part: (status: ServerStatus) => boolean): number[] =>
    servers.filter(part).map(({ server }) => server);
  const up = (role: string) => (status: ServerStatus) =>
    status.state === 'up' && status.role === role && status.serving;
  const leader = servers.find(up('leading'));
  const parts = [
    leader === undefined ? 'no server leads' : `server ${leader.server} leads epoch ${leader.epoch}`,
    group(those(up('following')), 'follows', 'follow'),
    group(those(up('observing')), 'observes', 'observe'),
    group(
      those(({ state, serving }) => state === 'up' && !serving),
      'looks for a leader or catches up',
      'look for a leader or catch up',
    ),
    group(
      those(({ state }) => state === 'paused'),
      'stands still',
      'stand still',
    ),
    group(
      those(({ state }) => state === 'down'),
      'is down',
      'are down',
    ),
  ];
  return parts.filter((part) => part !== '').join('; ');
}

function group(servers: readonly number[], one: string, many: string): string {
  return servers.length === 0 ? '' : `${servers.join(', ')} ${servers.length === 1 ? one : many}`;
}

/** What can be said, a line for each. */
export function helpText(): string {
  const lines: (readonly [string, string])[] = [
    ['status', 'what the servers do'],
    ['save FILE', 'write the session as a run file'],
    // There are no simulated clients, and nobody sees messages by name.
    ...FAULT_USAGES.filter(({ kind }) => !/^(client|message)/.test(kind)).map(
      ({ usage, example }) => [usage, example] as const,
    ),
  ];
  const width = Math.max(...lines.map(([usage]) => usage.length));
  return [
    ...lines.map(([usage, example]) => `${usage.padEnd(width)}   ${example}`),
    '',
    'N: a server by number, or leader, follower, observer, random. TIME: 500ms, 5s, 2m.',
  ].join('\n');
}
