/** The options of `serve`, and the run that they describe. */

import { environmentOf } from '../../live/gateway/environment.ts';
import { FOUR_LETTER_WORDS } from '../../protocol/wire/four-letter-word.ts';
import { type Distribution, RUN_FORMAT, type RunSpec } from '../../sim/spec.ts';
import { SpecError } from '../../sim/spec-error.ts';
import { parseRunSpec } from '../../sim/validate.ts';
import { InputError, parseName, parseSeed } from '../input/input.ts';

/** As typed. */
export interface ServeOptions {
  readonly servers: string;
  readonly observers: string;
  readonly clientPort: string;
  readonly host: string;
  readonly seed: string;
  readonly tickTime: string;
  readonly initLimit: string;
  readonly syncLimit: string;
  readonly latency: string;
  readonly flush: string;
  readonly snapCount: string;
  readonly maxClientCnxns: string;
  readonly '4lwWhitelist': string;
  readonly readOnlyMode?: true;
  readonly localSessions?: true;
  readonly variant?: string;
  readonly check?: true;
  readonly save?: string;
  readonly recordLimit: string;
  readonly json?: true;
}

/** Virtual ms that a session may last: over thirty years. */
const FOREVER = 1e12;
/** Requests in process in the whole ensemble before clients are held up (globalOutstandingLimit). */
const OUTSTANDING = 1000;
const LARGEST_PORT = 65_535;
const MB = 1 << 20;

/** What `serve` shall do. */
export interface Serving {
  readonly run: RunSpec;
  readonly clientPort: number;
  /** Bytes. */
  readonly recordLimit: number;
}

/** @throws InputError for the first option at fault */
export function servingOf(options: ServeOptions, variants: readonly string[], wallClock: number): Serving {
  const servers = whole('--servers', options.servers, 1, 13);
  const observers = whole('--observers', options.observers, 0, 100);
  const clientPort = whole('--client-port', options.clientPort, 0, LARGEST_PORT);
  if (clientPort + servers + observers - 1 > LARGEST_PORT)
    throw new InputError(
      `--client-port is '${clientPort}': there are not enough ports behind it for ${servers + observers} servers; give a smaller one`,
    );
  // To Node an empty address is every one of this machine.
  if (options.host.trim() === '')
    throw new InputError("--host is '': give an address, as in --host 127.0.0.1");
  const recordLimit = whole('--record-limit', options.recordLimit, 0, 16_384) * MB;
  if (recordLimit === 0 && options.save !== undefined)
    throw new InputError('--save and --record-limit 0 exclude each other: what is not kept cannot be saved');
  const variant =
    options.variant === undefined
      ? {}
      : { variant: { name: parseName('--variant', options.variant, variants, 'zab-lab variants') } };
  const run: RunSpec = {
    format: RUN_FORMAT,
    title: 'A session with real clients',
    seed: parseSeed(options.seed),
    ensemble: {
      participants: servers,
      observers,
      tickTime: whole('--tick-time', options.tickTime, 1, 1e9),
      initLimit: whole('--init-limit', options.initLimit, 1, 1e9),
      syncLimit: whole('--sync-limit', options.syncLimit, 1, 1e9),
      snapCount: whole('--snap-count', options.snapCount, 2, 1e9),
      outstandingLimit: Math.floor(OUTSTANDING / Math.max(1, servers - 1)),
      maxClientCnxns: whole('--max-client-cnxns', options.maxClientCnxns, 0, 1e9),
      fourLetterWords: words(options['4lwWhitelist']),
      readOnlyMode: options.readOnlyMode === true,
      localSessions: options.localSessions === true,
      localSessionsUpgrading: options.localSessions === true,
      clientPorts: clientPort === 0 ? [] : ports(clientPort, servers + observers),
      environment: environmentOf(),
      initialWallClock: wallClock,
    },
    world: {
      network: { latency: delay('--latency', options.latency) },
      disk: { flush: delay('--flush', options.flush) },
      // Handing over takes the time that it takes.
      step: 0,
    },
    clients: [],
    faults: [],
    ...variant,
    end: { at: FOREVER, maxEvents: FOREVER },
    expectations: [],
  };
  try {
    return { run: parseRunSpec(run), clientPort, recordLimit };
  } catch (error) {
    if (!(error instanceof SpecError)) throw error;
    throw new InputError(`these options do not go together: ${error.message}`);
  }
}

function whole(option: string, text: string, least: number, most: number): number {
  const value = /^\d{1,13}$/.test(text) ? Number(text) : Number.NaN;
  if (!(value >= least && value <= most))
    throw new InputError(`${option} is '${text}': give a whole number from ${least} to ${most}`);
  return value;
}

function ports(first: number, count: number): number[] {
  return Array.from({ length: count }, (_, i) => first + i);
}

/** Reads `1` or `0.5-3`, ms. */
function delay(option: string, text: string): Distribution {
  const [, low, high] = /^(\d{1,6}(?:\.\d{1,3})?)(?:-(\d{1,6}(?:\.\d{1,3})?))?$/.exec(text) ?? [];
  if (low === undefined)
    throw new InputError(
      `${option} is '${text}': give milliseconds, or a range of them, as in ${option} 1 or ${option} 0.5-3`,
    );
  if (high === undefined) return Number(low);
  if (Number(high) < Number(low))
    throw new InputError(
      `${option} is '${text}': the first is the larger one; write ${option} ${high}-${low}`,
    );
  return { uniform: [Number(low), Number(high)] };
}

/** Reads `srvr, mntr`. */
function words(text: string): string[] {
  const found = text.split(',').flatMap((word) => (word.trim() === '' ? [] : [word.trim()]));
  return found.map((word) => parseName('--4lw-whitelist', word, ['*', ...FOUR_LETTER_WORDS]));
}
