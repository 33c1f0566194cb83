/** Faults as people write them: `crash leader`, `partition 1 | 2 3`, `pause 3 5s`. */
import { FaultScanner, FaultTextError } from './fault-scanner.ts';
import { nearest } from './nearest.ts';
import { checkPaths, OPERATION_MEMBERS, type Operation } from './operation.ts';
import { object } from './shape.ts';
import type { ClientReach, ClientTarget, FaultKind, MessageName, Mishap, Target } from './spec.ts';
import { SpecError } from './spec-error.ts';

export { FaultTextError };

type MishapOf<K extends FaultKind> = Extract<Mishap, { kind: K }>;

/** How one kind of fault is written. */
interface Phrase<K extends FaultKind> {
  /** The words it may begin with; the first is its name. */
  readonly names: readonly [string, ...string[]];
  /** Behind the name, with letters for what is to be filled in. */
  readonly form: string;
  readonly example: string;
  read(scanner: FaultScanner): MishapOf<K>;
  /** What stands behind the name. */
  write(fault: MishapOf<K>): string;
}

const all = ['all'] as const;
const operation = object(OPERATION_MEMBERS);

const PHRASES: { readonly [K in FaultKind]: Phrase<K> } = {
  crash: ofServer('crash', ['crash', 'kill', 'stop'], 'crash leader'),
  powerLoss: {
    names: ['power-loss'],
    form: 'N|all',
    example: 'power-loss 3',
    read: (s) => ({ kind: 'powerLoss', server: s.server(all) as Target | 'all' }),
    write: ({ server }) => String(server),
  },
  restart: {
    names: ['restart', 'start'],
    form: 'N|all',
    example: 'restart all',
    read: (s) => ({ kind: 'restart', server: s.server(all) as Target | 'all' }),
    write: ({ server }) => String(server),
  },
  pause: {
    names: ['pause', 'freeze'],
    form: 'N TIME',
    example: 'pause 3 5s',
    read: (s) => ({ kind: 'pause', server: s.server() as Target, for: s.duration() }),
    write: (fault) => `${fault.server} ${durationText(fault.for)}`,
  },
  partition: {
    names: ['partition', 'split'],
    form: 'N N | N ...',
    example: 'partition 1 | 2 3',
    read: (s) => {
      const groups = s.groups(() => s.server() as Target);
      if (groups.every((group) => group.length === 0)) throw s.complaint('there is no server in it');
      return { kind: 'partition', groups };
    },
    write: ({ groups }) => groups.map((group) => group.join(' ')).join(' | '),
  },
  cut: {
    names: ['cut'],
    form: 'N > N|all, or N - N for both directions',
    example: 'cut 1 > 2',
    read: (s) => {
      const from = s.server() as Target;
      const both = s.joint();
      const to = s.server(all) as Target | 'all';
      return both ? { kind: 'cut', from, to, both } : { kind: 'cut', from, to };
    },
    write: ({ from, to, both }) => `${from} ${both === true ? '-' : '>'} ${to}`,
  },
  isolate: ofServer('isolate', ['isolate'], 'isolate leader'),
  bridge: ofServer('bridge', ['bridge'], 'bridge 2'),
  swizzle: {
    names: ['swizzle'],
    form: 'N N ... every TIME',
    example: 'swizzle 1 2 3 every 500ms',
    read: (s) => {
      const servers: Target[] = [];
      while (!s.atEnd && !s.keyword('every')) {
        servers.push(s.server() as Target);
        s.comma();
      }
      if (servers.length === 0) throw s.complaint('there is no server in it');
      return { kind: 'swizzle', servers, step: s.duration() };
    },
    write: ({ servers, step }) => `${servers.join(' ')} every ${durationText(step)}`,
  },
  heal: {
    names: ['heal'],
    form: '[speed]',
    example: 'heal speed',
    read: (s) => (s.keyword('speed') ? { kind: 'heal', speed: true } : { kind: 'heal' }),
    write: ({ speed }) => (speed === true ? 'speed' : ''),
  },
  drop: {
    names: ['drop'],
    form: 'N - N',
    example: 'drop 1 - 2',
    read: (s) => {
      const from = s.server() as Target;
      s.joint();
      return { kind: 'drop', from, to: s.server() as Target };
    },
    // Both directions break, whichever way it is written.
    write: ({ from, to }) => `${from} - ${to}`,
  },
  slow: {
    names: ['slow'],
    form: 'N|all > N|all TIME',
    example: 'slow 1 > 2 20ms',
    read: (s) => {
      const from = s.server(all) as Target | 'all';
      if (s.joint()) throw s.complaint('it slows one direction at a time');
      return { kind: 'slow', from, to: s.server(all) as Target | 'all', by: s.duration() };
    },
    write: ({ from, to, by }) => `${from} > ${to} ${durationText(by)}`,
  },
  loss: {
    names: ['loss'],
    form: 'SHARE [election SHARE]',
    example: 'loss 5%',
    read: (s) => {
      const dropRate = s.atEnd || s.keyword('election') ? null : s.share();
      const election = dropRate === null ? !s.atEnd : s.keyword('election');
      return {
        kind: 'loss',
        ...(dropRate === null ? {} : { dropRate }),
        ...(election || dropRate === null ? { electionLossRate: s.share() } : {}),
      };
    },
    write: ({ dropRate, electionLossRate }) =>
      [
        dropRate === undefined ? '' : shareText(dropRate),
        electionLossRate === undefined ? '' : `election ${shareText(electionLossRate)}`,
      ]
        .filter((text) => text !== '')
        .join(' '),
  },
  diskStall: {
    names: ['disk-stall'],
    form: 'N TIME',
    example: 'disk-stall 2 3s',
    read: (s) => ({ kind: 'diskStall', server: s.server() as Target, for: s.duration() }),
    write: (fault) => `${fault.server} ${durationText(fault.for)}`,
  },
  diskFull: ofServer('diskFull', ['disk-full'], 'disk-full 2'),
  diskFree: ofServer('diskFree', ['disk-free'], 'disk-free 2'),
  corrupt: {
    names: ['corrupt'],
    form: 'N [record R, from the last one back, which is 0]',
    example: 'corrupt 2',
    read: (s) => {
      const server = s.server() as Target;
      return { kind: 'corrupt', server, record: s.keyword('record') ? s.count('record') : 0 };
    },
    write: ({ server, record }) => `${server}${record === 0 ? '' : ` record ${record}`}`,
  },
  clockJump: {
    names: ['clock-jump'],
    form: 'N +TIME or N -TIME',
    example: 'clock-jump 2 +10s',
    read: (s) => ({ kind: 'clockJump', server: s.server() as Target, by: s.duration(true) }),
    write: ({ server, by }) => `${server} ${by < 0 ? '-' : '+'}${durationText(by < 0 ? -by : by)}`,
  },
  clientCrash: ofClient('clientCrash', 'client-crash'),
  clientRestart: {
    names: ['client-restart'],
    form: 'C|all',
    example: 'client-restart 1',
    read: (s) => ({ kind: 'clientRestart', client: s.client(all) as ClientTarget | 'all' }),
    write: ({ client }) => String(client),
  },
  clientPause: {
    names: ['client-pause'],
    form: 'C TIME',
    example: 'client-pause 1 5s',
    read: (s) => ({ kind: 'clientPause', client: s.client() as ClientTarget, for: s.duration() }),
    write: (fault) => `${fault.client} ${durationText(fault.for)}`,
  },
  clientDisconnect: ofClient('clientDisconnect', 'client-disconnect'),
  clientCut: {
    names: ['client-cut'],
    form: 'C - N|connected|all',
    example: 'client-cut 1 - connected',
    read: (s) => {
      const client = s.client() as ClientTarget;
      s.joint();
      const to = s.server(['connected', 'all']) as ClientReach | 'it';
      if (to === 'it') throw s.complaint("'it' is no server here");
      return { kind: 'clientCut', client, to };
    },
    write: ({ client, to }) => `${client} - ${to}`,
  },
  clientRequest: {
    names: ['client-request'],
    form: 'C OPERATION, as JSON',
    example: `client-request 1 {"op":"get","path":"/a"}`,
    read: (s) => {
      const client = s.client() as ClientTarget;
      const request = s.json() as Operation;
      try {
        operation(request, 'operation');
        checkPaths(request, 'operation');
      } catch (error) {
        if (!(error instanceof SpecError)) throw error;
        throw s.complaint(error.message);
      }
      return { kind: 'clientRequest', client, request };
    },
    write: ({ client, request }) => `${client} ${JSON.stringify(request)}`,
  },
  messageDrop: {
    names: ['message-drop'],
    form: 'CHANNEL dialler|acceptor ORDINAL',
    example: 'message-drop 12 dialler 3',
    read: (s) => ({ kind: 'messageDrop', message: message(s) }),
    write: (fault) => messageText(fault.message),
  },
  messageDelay: {
    names: ['message-delay'],
    form: 'CHANNEL dialler|acceptor ORDINAL TIME',
    example: 'message-delay 12 dialler 3 20ms',
    read: (s) => ({ kind: 'messageDelay', message: message(s), by: s.duration() }),
    write: (fault) => `${messageText(fault.message)} ${durationText(fault.by)}`,
  },
  messageDeliver: {
    names: ['message-deliver'],
    form: 'CHANNEL dialler|acceptor ORDINAL',
    example: 'message-deliver 12 dialler 3',
    read: (s) => ({ kind: 'messageDeliver', message: message(s) }),
    write: (fault) => messageText(fault.message),
  },
};

const BY_NAME: ReadonlyMap<string, Phrase<FaultKind>> = new Map(
  Object.values(PHRASES).flatMap((phrase) =>
    phrase.names.map((name) => [plain(name), phrase as unknown as Phrase<FaultKind>] as const),
  ),
);

/** Names of all faults, as one writes them. */
export const FAULT_NAMES: readonly string[] = Object.values(PHRASES).map(({ names }) => names[0]);

/** A kind of fault as it is written. */
export interface FaultUsage {
  readonly kind: FaultKind;
  /** Name and form, as `pause N TIME`. */
  readonly usage: string;
  readonly example: string;
}

/** Of all kinds, in the order of `spec.ts`. */
export const FAULT_USAGES: readonly FaultUsage[] = Object.entries(PHRASES).map(([kind, phrase]) => ({
  kind: kind as FaultKind,
  usage: `${phrase.names[0]} ${phrase.form}`,
  example: phrase.example,
}));

/**
 * The fault that a text means. A server is its number, `leader`, `follower`, `observer`, `random` or `it`; times have units.
 *
 * @param servers ids that there are; absent: any
 * @param others commands that are no faults, to be guessed at where a name is unknown
 * @throws FaultTextError
 */
export function parseFault(
  text: string,
  servers?: readonly number[],
  others: readonly string[] = [],
): Mishap {
  const words = text.trim().split(/\s+/);
  const [first = '', second = ''] = words;
  let phrase = BY_NAME.get(plain(first));
  let taken = first;
  if (phrase === undefined) {
    phrase = BY_NAME.get(plain(first + second));
    taken = text.trim().slice(0, text.trim().indexOf(second) + second.length);
  }
  if (phrase === undefined) throw unknown(first, others);
  const usage = `'${phrase.names[0]} ${phrase.form}', as in '${phrase.example}'`;
  const scanner = new FaultScanner(text.trim().slice(taken.length), usage, servers ?? null);
  const fault = phrase.read(scanner);
  scanner.end();
  return fault;
}

/** The text that {@link parseFault} takes for this fault. */
export function faultText(fault: Mishap): string {
  const phrase = PHRASES[fault.kind] as unknown as Phrase<FaultKind>;
  return `${phrase.names[0]} ${phrase.write(fault)}`.trim();
}

function unknown(word: string, others: readonly string[]): FaultTextError {
  const names = [...FAULT_NAMES, ...others];
  if (word === '') return new FaultTextError(`there is no fault in it; write one of ${names.join(', ')}`);
  const near = nearest(word, names);
  const rest = near === null ? `write one of ${names.join(', ')}` : `did you mean '${near}'?`;
  return new FaultTextError(`'${word}' is no fault that is known; ${rest}`);
}

/** Without what may stand between the words of a name. */
function plain(name: string): string {
  return name.toLowerCase().replace(/[-_]/g, '');
}

type ServerFault = 'crash' | 'isolate' | 'bridge' | 'diskFull' | 'diskFree';

function ofServer<K extends ServerFault>(
  kind: K,
  names: readonly [string, ...string[]],
  example: string,
): Phrase<K> {
  return {
    names,
    form: 'N',
    example,
    read: (s) => ({ kind, server: s.server() as Target }) as unknown as MishapOf<K>,
    write: (fault) => String((fault as { server: Target }).server),
  };
}

function ofClient<K extends 'clientCrash' | 'clientDisconnect'>(kind: K, name: string): Phrase<K> {
  return {
    names: [name],
    form: 'C',
    example: `${name} 1`,
    read: (s) => ({ kind, client: s.client() as ClientTarget }) as unknown as MishapOf<K>,
    write: (fault) => String((fault as { client: ClientTarget }).client),
  };
}

function message(s: FaultScanner): MessageName {
  const channel = s.count('channel');
  const dialler = s.keyword('dialler');
  if (!dialler && !s.keyword('acceptor'))
    throw s.complaint("there is neither 'dialler' nor 'acceptor' in it");
  return { channel, dialler, ordinal: s.count('ordinal') };
}

function messageText({ channel, dialler, ordinal }: MessageName): string {
  return `${channel} ${dialler ? 'dialler' : 'acceptor'} ${ordinal}`;
}

/** A time in the largest unit of which it is a whole number. @param ms from 0 */
function durationText(ms: number): string {
  if (ms === 0 || ms % 1000 !== 0) return `${ms}ms`;
  if (ms % 3_600_000 === 0) return `${ms / 3_600_000}h`;
  return ms % 60_000 === 0 ? `${ms / 60_000}m` : `${ms / 1000}s`;
}

/** In percent where that says the same. */
function shareText(share: number): string {
  const percent = share * 100;
  return percent / 100 === share ? `${percent}%` : String(share);
}
