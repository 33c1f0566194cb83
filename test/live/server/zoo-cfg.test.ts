import { describe, expect, it } from 'vitest';
import { nearest } from '../../../bin/input/nearest.ts';
import { ConfigError } from '../../../live/server/config-error.ts';
import { readProperties } from '../../../live/server/properties.ts';
import { readZooCfg, type ServerConfig } from '../../../live/server/zoo-cfg.ts';
import { DEFAULT_CONFIG } from '../../../protocol/config.ts';

const SERVERS = `server.1=a.example:2888:3888
server.2=127.0.0.1:2889:3889:participant;2182
server.3=[::1]:2890:3890:observer;[::1]:2183`;
const ENSEMBLE = `dataDir=/data
clientPort=2181
initLimit=10
syncLimit=5
${SERVERS}`;

function read(text: string, myId: string | null = '1\n'): ServerConfig {
  return readZooCfg(text, 'zoo.cfg', () => myId, nearest);
}

function errorOf(text: string, myId?: string | null): string {
  try {
    read(text, myId);
  } catch (error) {
    expect(error).toBeInstanceOf(ConfigError);
    expect((error as Error).message).not.toContain('\n');
    return (error as Error).message;
  }
  throw new Error('it is accepted');
}

describe('zoo.cfg', () => {
  it("is a file of Java's properties", () => {
    const text = '# comment\n! too\n\n a = b \nc:d\ne f\\\n  g\nh\\=i=\\u0041\\tj\n';
    expect(readProperties(text)).toEqual([
      { key: 'a', value: 'b', line: 4 },
      { key: 'c', value: 'd', line: 5 },
      { key: 'e', value: 'fg', line: 6 },
      { key: 'h=i', value: 'A\tj', line: 8 },
    ]);
  });

  it('HOST-10 of a server alone needs dataDir and clientPort, and serves this machine only', () => {
    const { id, config, members, ports, folders, notices } = read('dataDir=/data\nclientPort=2181', null);
    expect({ id, members, notices, ports }).toEqual({
      id: 1,
      members: [],
      notices: [],
      ports: { client: { host: '127.0.0.1', port: 2181 }, quorum: null, election: null },
    });
    expect(folders).toEqual({ dataDir: '/data', dataLogDir: '/data' });
    expect(config).toEqual({
      ...DEFAULT_CONFIG,
      participants: [1],
      observers: [],
      tickTime: 3000,
      snapRetainCount: Number.MAX_SAFE_INTEGER,
      clientPorts: [2181],
    });
  });

  it('HOST-10 of an ensemble says where each server is; myid says which one this is', () => {
    const one = read(ENSEMBLE);
    expect(one.id).toBe(1);
    expect(one.config).toMatchObject({
      participants: [1, 2],
      observers: [3],
      initLimit: 10,
      syncLimit: 5,
      clientPorts: [2181, 2182, 2183],
    });
    expect(one.members).toMatchObject([
      { id: 1, host: 'a.example', quorumPort: 2888, electionPort: 3888, observer: false },
      { id: 2, host: '127.0.0.1', quorumPort: 2889, electionPort: 3889, observer: false },
      { id: 3, host: '::1', quorumPort: 2890, electionPort: 3890, observer: true },
    ]);
    expect(one.ports).toEqual({
      client: { host: '127.0.0.1', port: 2181 },
      quorum: { host: 'a.example', port: 2888 },
      election: { host: 'a.example', port: 3888 },
    });
    expect(one.configText).toBe(
      `server.1=a.example:2888:3888:participant
server.2=127.0.0.1:2889:3889:participant;0.0.0.0:2182
server.3=[::1]:2890:3890:observer;::1:2183
version=0`,
    );
    expect(read(ENSEMBLE, '2').ports.client).toEqual({ host: '127.0.0.1', port: 2182 });
    expect(read(ENSEMBLE, '3').ports.client).toEqual({ host: '::1', port: 2183 });
    const everywhere = read(`${ENSEMBLE}\nquorumListenOnAllIPs=true\nclientPortAddress=0.0.0.0`);
    expect(everywhere.ports).toEqual({
      client: { host: '0.0.0.0', port: 2181 },
      quorum: { host: null, port: 2888 },
      election: { host: null, port: 3888 },
    });
  });

  it('HOST-10 sets what the protocol is configured by', () => {
    const { config, folders } = read(`${ENSEMBLE}
tickTime=500
dataLogDir=/logs
snapCount=1000
commitLogCount=600
maxClientCnxns=0
minSessionTimeout=1000
maxSessionTimeout=9000
globalOutstandingLimit=50
4lw.commands.whitelist=stat, ruok,mntr
jute.maxbuffer=0x1fffff
autopurge.snapRetainCount=5
autopurge.purgeInterval=1
preAllocSize=64
localSessionsEnabled=true
enforceQuota=true
server.4=b:2888:3888`);
    expect(folders).toEqual({ dataDir: '/data', dataLogDir: '/logs', preAllocSize: 65_536 });
    expect(config).toMatchObject({
      tickTime: 500,
      snapCount: 1000,
      commitLogCount: 600,
      maxClientCnxns: 0,
      minSessionTimeout: 1000,
      maxSessionTimeout: 9000,
      outstandingLimit: 25,
      fourLetterWords: ['stat', 'ruok', 'mntr'],
      maxBuffer: 0x1fffff,
      snapRetainCount: 5,
      localSessions: true,
      enforceQuota: true,
    });
  });

  it('HOST-10 sets groups and weights', () => {
    const text = `${ENSEMBLE}\nserver.5=c:1:2\ngroup.1=1:2\ngroup.2=5\nweight.2=3`;
    const { config, configText } = read(text);
    expect(config.quorum).toEqual({ groups: [[1, 2], [5]], weights: { 1: 1, 2: 3, 5: 1 } });
    expect(configText).toContain('group.1=1:2\ngroup.2=5\nweight.1=1\nweight.2=3\nweight.5=1\nversion=0');
  });

  it('HOST-10 with what makes no difference here gets a line about it', () => {
    const { notices } = read(
      'dataDir=/d\nclientPort=1\nadmin.enableServer=false\nmetricsProvider.className=x',
    );
    expect(notices).toEqual([
      'zoo.cfg:3: admin.enableServer has no effect here',
      'zoo.cfg:4: metricsProvider.className has no effect here',
    ]);
    expect(read('dataDir=/d\nserver.7=h:1:2;3').notices).toEqual([
      'zoo.cfg: with only one server it runs standalone',
    ]);
  });

  const wrong: Record<string, readonly [string, string | null, string]> = {
    'an unknown key': [
      'dataDir=/d\ntickTme=3',
      '1',
      "zoo.cfg:2: there is no key 'tickTme'; is it 'tickTime'?",
    ],
    'a key like no other': ['qqqq=1', '1', "zoo.cfg:1: there is no key 'qqqq'"],
    'no number': ['tickTime=2s', '1', "zoo.cfg:1: tickTime: '2s' is no whole number from 1 to 2147483647"],
    'no flag': ['enforceQuota=si', '1', "zoo.cfg:1: enforceQuota: 'si' is neither true nor false"],
    'another election': [
      'electionAlg=0',
      '1',
      "zoo.cfg:1: electionAlg: '0' is not supported, by Apache's server neither: only 3 is",
    ],
    TLS: ['secureClientPort=2281', '1', 'zoo.cfg:1: secureClientPort: TLS is not supported'],
    'a changing configuration': [
      'dynamicConfigFile=x',
      '1',
      'zoo.cfg:1: dynamicConfigFile: a configuration that changes while servers run is not supported',
    ],
    'unsynced writes': [
      'forceSync=no',
      '1',
      'zoo.cfg:1: forceSync: is off, but what is acknowledged is always on disk',
    ],
    'no data directory': ['clientPort=1', '1', 'zoo.cfg: dataDir is missing'],
    'no client port': ['dataDir=/d', '1', 'zoo.cfg: clientPort is missing'],
    'no limits': [`dataDir=/d\n${SERVERS}`, '1', 'zoo.cfg: initLimit is missing'],
    'no myid': [ENSEMBLE, null, '/data/myid is missing: it holds the number of this server, as in server.1'],
    'a wrong myid': [ENSEMBLE, 'x', "/data/myid: 'x' is no server id: whole numbers from 1 to 254"],
    'a foreign myid': [ENSEMBLE, '9', '/data/myid says 9, but zoo.cfg has no server.9'],
    'no server': [
      'server.1=a:b:c',
      '1',
      "zoo.cfg:1: server.1: 'a:b:c' is not of the form host:quorumPort:electionPort[:participant|:observer][;[address:]clientPort]",
    ],
    'a large id': [
      'server.255=a:1:2',
      '1',
      "zoo.cfg:1: server.255: '255' is no server id: whole numbers from 1 to 254",
    ],
    'no port': ['server.1=a:0:2', '1', 'zoo.cfg:1: server.1: 0 is no port: 1 to 65535'],
    'several addresses': [
      'server.1=a:1:2|b:1:2',
      '1',
      "zoo.cfg:1: server.1: 'a:1:2|b:1:2' is not of the form host:quorumPort:electionPort[:participant|:observer][;[address:]clientPort]; several addresses of one server are not supported",
    ],
    'a stranger in a group': [
      `${ENSEMBLE}\ngroup.1=1:2:3`,
      '1',
      'zoo.cfg:8: server 3 is in a group and no participant',
    ],
    'a server in no group': [`${ENSEMBLE}\ngroup.1=1`, '1', 'zoo.cfg:8: server 2 is in no group'],
    'limits the wrong way round': [
      'dataDir=/d\nclientPort=1\nminSessionTimeout=9\nmaxSessionTimeout=8',
      '1',
      'zoo.cfg:3: minSessionTimeout is above maxSessionTimeout',
    ],
  };
  it.each(Object.entries(wrong))(
    'HOST-10 with %s is refused in one line that says where',
    (_, [text, myId, message]) => {
      expect(errorOf(text, myId)).toBe(message);
    },
  );
});
