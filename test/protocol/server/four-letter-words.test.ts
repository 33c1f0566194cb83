import { describe, expect, it } from 'vitest';
import type { ClientMessage, ConnectResponse } from '../../../protocol/client-messages.ts';
import { type ClientOp, CreateFlag } from '../../../protocol/request.ts';
import { dateText, doubleText, longText } from '../../../protocol/server/java-text.ts';
import { QuantileSummary } from '../../../protocol/server/statistics.ts';
import { OPEN_ACL_UNSAFE } from '../../../protocol/tree/acl.ts';
import { NO_SESSION, OpCode } from '../../../protocol/txn.ts';
import { ClientEnd } from '../../../protocol/wire/client-end.ts';
import { FOUR_LETTER_WORDS, type FourLetterWord } from '../../../protocol/wire/four-letter-word.ts';
import { catalog } from '../../../scenarios/catalog.ts';
import type { Outlet } from '../../../sim/outlet.ts';
import { Simulation } from '../../../sim/simulation.ts';
import { type EnsembleSpec, RUN_FORMAT } from '../../../sim/spec.ts';
import { CONNECT, started } from '../scripted-host.ts';
// What Apache's 3.8.0 answered on these servers after the same requests; figures that depend on time and place are masked.
import apache from './apache-words.json' with { type: 'json' };

type Part = keyof typeof apache;

/** An ensemble that is asked from outside. */
class Asked implements Outlet {
  readonly simulation: Simulation;
  private readonly heard = new Map<number, Buffer[]>();
  private readonly ended = new Set<number>();
  private last = 0;

  constructor(ensemble: EnsembleSpec) {
    const run = {
      format: RUN_FORMAT,
      seed: 1,
      ensemble: { fourLetterWords: ['*'], ...ensemble },
      world: {},
      clients: [],
      faults: [],
      end: { at: 1e9, maxEvents: 1e9 },
      expectations: [],
    } as const;
    this.simulation = new Simulation(run, { ...catalog, monitors: () => [] }, { outlet: this });
    this.pass(20_000);
  }

  bytes(connection: number, bytes: Uint8Array): void {
    this.heard.get(connection)?.push(Buffer.from(bytes));
  }
  closed(connection: number): void {
    this.ended.add(connection);
  }
  reading(): void {}
  full(): void {}

  pass(ms: number): void {
    this.simulation.runUntil(this.simulation.now + ms, 1e9);
  }

  open(server: number): number {
    const connection = ++this.last;
    this.heard.set(connection, []);
    const from = { address: '127.0.0.1', port: 40_000 + connection };
    this.simulation.input(this.simulation.now, { kind: 'open', connection, server, ...from });
    return connection;
  }

  say(connection: number, bytes: Uint8Array): Buffer {
    this.simulation.input(this.simulation.now, { kind: 'bytes', connection, bytes: '' }, bytes);
    this.pass(10);
    return Buffer.concat(this.heard.get(connection)!.splice(0));
  }

  /** The answer to a word. */
  word(server: number, word: string, more = ''): string {
    const connection = this.open(server);
    const answer = this.say(connection, Buffer.from(word + more, 'latin1'));
    if (word !== 'stmk' || more !== '') expect(this.ended.has(connection)).toBe(true);
    return answer.toString('utf8');
  }
}

/** What kazoo asked of Apache's server: ten requests, of which three leave a watch and one fires one. */
function use(asked: Asked, server: number, ephemeral: string): void {
  const end = new ClientEnd();
  const connection = asked.open(server);
  const say = (message: ClientMessage): void => {
    end.decode(asked.say(connection, end.encode(message)));
  };
  let cxid = 0;
  const ask = (op: ClientOp): void => say({ kind: 'request', cxid: ++cxid, op });
  const create = (path: string, data: string, flags: number): void =>
    ask({ type: OpCode.create, path, data: Buffer.from(data), acl: OPEN_ACL_UNSAFE, flags });
  say({ ...CONNECT, timeout: 10_000, session: NO_SESSION });
  ask({ type: OpCode.exists, path: '/a', watch: false });
  create('/a', 'hello', CreateFlag.PERSISTENT);
  create('/a/s-', 'xyz', CreateFlag.PERSISTENT_SEQUENTIAL);
  create(ephemeral, '', CreateFlag.EPHEMERAL);
  ask({ type: OpCode.getData, path: '/a', watch: true });
  ask({ type: OpCode.getChildren, path: '/a', watch: true });
  ask({ type: OpCode.exists, path: '/nope', watch: true });
  ask({ type: OpCode.setData, path: '/a', data: Buffer.from('hello world'), version: -1 });
  ask({ type: OpCode.getData, path: '/a', watch: true });
}

const ORDER = [
  ...['ruok', 'isro', 'conf', 'envi', 'gtmk', 'srvr', 'stat', 'cons', 'dump', 'wchs', 'wchc', 'wchp', 'dirs'],
  ...['hash', 'mntr', 'crst', 'cons', 'srst', 'srvr'],
];

const TIMED = /diff_count|snap_count|latency|time|uptime|peer_|fsync|election|batch/;

/** An answer without what differs from run to run, or from one machine to another. */
function masked(word: string, answer: string, part: Part, keys: ReadonlySet<string>): string {
  let text = answer;
  if (word === 'envi') text = answer.split('\n').slice(0, 2).join('\n').concat('\n');
  if (word === 'mntr') {
    const lines = answer.split('\n').filter((line) => keys.has(line.split('\t')[0]!));
    const timed = (line: string) =>
      TIMED.test(line) || (part !== 'standalone' && line.startsWith('zk_approximate'));
    text = lines
      .map((line) => (timed(line) ? line.replace(/\t.*/, '\t#') : line))
      .sort()
      .join('\n');
  }
  const bare = text
    .replace(/(Zookeeper version: |zookeeper\.version=).*/g, '$1#')
    .replace(/\/\d+\.\d+\.\d+\.\d+:\d+/g, '/#')
    .replace(/0x[0-9a-f]{13,16}/g, '0x#')
    .replace(/\w{3} \w{3} \d\d [\d:]{8} UTC \d{4}/g, '#')
    .replace(/(min\/avg\/max: |est=|lresp=|llat=|minlat=|avglat=|maxlat=)[\d./]+/g, '$1#')
    .replace(/((?:dataDir|dataLogDir)(?:Size)?=|dataLogSize=|dir_size: |[pP]ort=)\S+/g, '$1#')
    .replace(/=[^:\n=]+:\d+:\d+:(participant|observer).*/g, '=#:$1');
  return UNORDERED.has(word) ? sorted(bare) : bare;
}

/** Answers in which Apache lists connections in no order. */
const UNORDERED: ReadonlySet<string> = new Set(['cons', 'cons-after', 'stat', 'dump']);

function sorted(text: string): string {
  return text
    .split(/(?<=\n)/)
    .sort()
    .join('');
}

describe('WORD-3 four-letter words say what Apache says', () => {
  const answersOf = (asked: Asked, server: number, part: Part): Record<string, string> => {
    const answers: Record<string, string> = {};
    const keys = new Set(apache[part].mntr.split('\n').map((line) => line.split('\t')[0]!));
    for (const word of ORDER) {
      const name = word in answers ? `${word}-after` : word;
      answers[name] = masked(name, asked.word(server, word), part, keys);
    }
    return answers;
  };
  const ofApache = (part: Part): Record<string, string> => {
    const golden: Record<string, string> = { ...apache[part] };
    for (const name of UNORDERED) golden[name] = sorted(golden[name]!);
    golden.mntr = golden.mntr!.split('\n').sort().join('\n');
    return golden;
  };

  it('WORD-3 of a server alone', () => {
    const asked = new Asked({ participants: 1 });
    use(asked, 1, '/e21205');
    expect(answersOf(asked, 1, 'standalone')).toEqual(ofApache('standalone'));
  });

  it('WORD-3 of follower, leader and observer', () => {
    const asked = new Asked({ participants: 3, observers: 1 });
    use(asked, 1, '/e21201');
    expect(answersOf(asked, 1, 'follower')).toEqual(ofApache('follower'));
    expect(answersOf(asked, 3, 'leader')).toEqual(ofApache('leader'));
    expect(answersOf(asked, 4, 'observer')).toEqual(ofApache('observer'));
  });
});

describe('WORD-1 the whitelist', () => {
  const refused = (word: string) => `${word} is not executed because it is not in the whitelist.\n`;
  it('WORD-1 has only srvr unless it is told otherwise, and isro with read-only mode', () => {
    const asked = new Asked({ participants: 1, fourLetterWords: [] });
    for (const word of FOUR_LETTER_WORDS) {
      if (word === 'srvr') expect(asked.word(1, word)).toContain('Mode: standalone');
      else expect(asked.word(1, word)).toBe(refused(word));
    }
    const readOnly = new Asked({ participants: 1, fourLetterWords: ['ruok'], readOnlyMode: true });
    expect(readOnly.word(1, 'isro')).toBe('rw');
    expect(readOnly.word(1, 'ruok')).toBe('imok');
    expect(readOnly.word(1, 'stat')).toBe(refused('stat'));
  });
});

describe('WORD-2 a server that does not serve', () => {
  it('WORD-2 answers what is not about its service, and says of the rest that it does not serve', () => {
    const asked = new Asked({ participants: 3, down: [2, 3] });
    const not = 'This ZooKeeper instance is not currently serving requests';
    const answers = (word: FourLetterWord) =>
      asked.word(1, word, word === 'stmk' ? '\0\0\0\0\0\0\0\x05' : '');
    const found = Object.fromEntries(FOUR_LETTER_WORDS.map((word) => [word, answers(word)]));
    const { envi, ...rest } = found;
    expect(envi).toMatch(/^Environment:\nzookeeper\.version=3\.9\.4/);
    const expected = Object.fromEntries(FOUR_LETTER_WORDS.map((word) => [word, `${not}\n`]));
    const { envi: _, ...others } = expected;
    expect(rest).toEqual({ ...others, hash: not, ruok: 'imok', isro: 'null', gtmk: '306', stmk: '5' });
  });

  it('WORD-2 a server for reading only says so', () => {
    const asked = new Asked({ participants: 3, down: [2, 3], readOnlyMode: true });
    expect(asked.word(1, 'srvr')).toMatch(
      /\nREAD-ONLY mode; serving only read-only clients\nLatency .*\nMode: read-only\n/s,
    );
    expect(asked.word(1, 'isro')).toBe('ro');
    expect(asked.word(1, 'dump')).toMatch(/^SessionTracker dump:\nGlobal Sessions\(0\):\n/);
    expect(asked.word(1, 'conf')).toMatch(/peerType=0\n$/);
    expect(asked.word(1, 'mntr')).not.toContain('zk_peer_state');
  });
});

describe('WORD-5 mntr', () => {
  it('WORD-5 has every name once, with a value, and quantiles of what was measured', () => {
    const asked = new Asked({ participants: 1 });
    use(asked, 1, '/e');
    const lines = asked.word(1, 'mntr').trimEnd().split('\n');
    for (const line of lines) expect(line).toMatch(/^zk_[a-z0-9_]+\t[\w.,: -]+$/);
    const values = new Map(lines.map((line) => line.split('\t') as [string, string]));
    expect(values.size).toBe(lines.length);
    // Four writes and the session; what a disk of 1 ms makes them last.
    expect(values.get('zk_cnt_updatelatency')).toBe('5');
    expect(values.get('zk_cnt_readlatency')).toBe('5');
    expect(values.get('zk_p50_readlatency')).toBe('0');
    expect(Number(values.get('zk_max_updatelatency'))).toBeGreaterThan(0);
  });
});

describe('WORD-4 words that change something', () => {
  it('WORD-4 stmk takes eight bytes, however they come, and gtmk tells them as a signed number', () => {
    const asked = new Asked({ participants: 1 });
    expect(asked.word(1, 'gtmk')).toBe('306');
    const connection = asked.open(1);
    const said = [...Buffer.from('stmk\xff\xff\xff\xff\xff\xff\xff\xfe', 'latin1')];
    const answers = said.map((byte) => asked.say(connection, new Uint8Array([byte])).toString());
    expect(answers.join('')).toBe('-2');
    expect(answers.at(-1)).toBe('-2');
    expect(asked.word(1, 'gtmk')).toBe('-2');
  });

  it('WORD-4 hash tells the digest at every 128th zxid', () => {
    const { host } = started(1, { participants: [1], fourLetterWords: ['*'] });
    const channel = host.accept('client');
    host.receive(channel, CONNECT);
    host.settle();
    const { session } = host.messages(channel)[0] as ConnectResponse;
    expect(session).not.toBe(NO_SESSION);
    for (let cxid = 1; cxid < 300; cxid++) {
      const op: ClientOp = { type: OpCode.setData, path: '/zookeeper', data: null, version: -1 };
      host.receive(channel, { kind: 'request', cxid, op } as ClientMessage);
      host.settle();
    }
    const asking = host.accept('client');
    host.receive(asking, { kind: 'word', word: 'hash' } as ClientMessage);
    const [answer] = host.messages(asking) as unknown as { text: string }[];
    expect(answer?.text).toMatch(/^80: \d+\n100: \d+\n$/);
  });

  it('WORD-4 what is no word is the length of a frame, and too large a one', () => {
    expect(new Asked({ participants: 1 }).word(1, 'abcd')).toBe('');
  });
});

describe('figures as Java prints them', () => {
  it('dates, in leap years too', () => {
    for (const ms of [
      0, 951_782_400_000, 1_709_164_800_000, 1_735_689_599_999, 4_107_542_400_000, -86_400_000,
    ]) {
      const [, day, month, year] = /^\w+, (\d+) (\w+) (\d+)/.exec(new Date(ms).toUTCString())!;
      const [weekday] = new Date(ms).toUTCString().split(',');
      const time = new Date(ms).toISOString().slice(11, 19);
      expect(dateText(ms)).toBe(`${weekday} ${month} ${day} ${time} UTC ${year}`);
    }
  });

  it('numbers with a fraction, longs, quantiles', () => {
    expect([0, 4.7, 12.66666, 3].map(doubleText)).toEqual(['0.0', '4.7', '12.6667', '3.0']);
    expect(['7fffffffffffffff', '8000000000000000', '0000000000000132'].map(longText)).toEqual([
      '9223372036854775807',
      '-9223372036854775808',
      '306',
    ]);
    const summary = new QuantileSummary();
    expect(summary.quantile(0.99)).toBe(0);
    for (let value = 1; value <= 100; value++) summary.add(value);
    expect([0.5, 0.95, 0.999].map((share) => summary.quantile(share))).toEqual([
      50.5,
      expect.closeTo(95.95),
      100,
    ]);
  });
});
