import { expect, it } from 'vitest';
import { OPEN_ACL_UNSAFE } from '../../../protocol/tree/acl.ts';
import { OpCode } from '../../../protocol/txn.ts';
import { check, znode } from '../../../sim/check/linearizability/index.ts';
import { describeWithApache } from '../apache/describe.ts';
import { ask } from '../four-letter-word.ts';
import { Load } from './load.ts';
import { type Kind, type Member, MixedEnsemble, type MixedOptions } from './mixed-ensemble.ts';
import { expectOneTree } from './one-tree.ts';
import { OwnServer } from './own-server.ts';
import { ConnectionLost, RawClient } from './raw-client.ts';

/** Both log enough to see it; the numbers make SNAP come soon. */
const SMALL = { snapCount: '300', snapshotSizeFactor: '-1' };

async function withEnsemble(
  options: MixedOptions,
  test: (ensemble: MixedEnsemble) => Promise<void>,
): Promise<void> {
  const ensemble = await MixedEnsemble.start(options);
  try {
    await test(ensemble);
    expectNoMismatch(ensemble);
    await expectSameDigests(ensemble);
  } catch (error) {
    throw new Error(`${(error as Error).stack}\n${ensemble.logs()}`);
  } finally {
    await ensemble.remove();
  }
}

/** Each server compares the digest of its tree with the leader's at every transaction, and says where they differ. */
function expectNoMismatch(ensemble: MixedEnsemble): void {
  const lines = ensemble.servers.flatMap((server) =>
    server
      .log()
      .split('\n')
      // Of a snapshot that it took itself while transactions went on, Apache's server at times says so when it starts: the
      // digest it has put there is another moment's.
      .filter((line) => !line.startsWith('[main]'))
      .filter((line) => /digests? (are|is) not match|digests? mismatch|tree's digest at/i.test(line))
      .map((line) => `${server.id}: ${line}`),
  );
  expect(lines).toEqual([]);
}

/** Digests of the tree that servers keep for every 128th transaction are the same wherever two of them have one. */
async function expectSameDigests(ensemble: MixedEnsemble): Promise<void> {
  const seen = new Map<string, string>();
  for (const server of ensemble.servers) {
    if (!server.running) continue;
    const answer = await ask(server.clientPort, 'hash');
    for (const [, zxid = '', digest = ''] of answer.matchAll(/0x([0-9a-f]+)\D+(\d+)/g)) {
      expect(digest, `of server ${server.id} at 0x${zxid}`).toBe(seen.get(zxid) ?? digest);
      seen.set(zxid, digest);
    }
  }
}

async function write(port: number, count: number): Promise<void> {
  const client = await RawClient.connect(port);
  const path = await client.create('/many-', '', 2);
  for (const id of ['127.0.0.1', '127.0.0.0/8']) {
    const acl = [...OPEN_ACL_UNSAFE, { perms: 1, scheme: 'ip', id }];
    await client.do({ type: OpCode.create, path: `${path}/${id.length}`, data: null, acl, flags: 0 });
  }
  await Promise.all(Array.from({ length: count }, (_, i) => client.create(`${path}/n${i}`, `data ${i}`)));
  await client.close();
}

/** What the log of one of ours, or what it sent as leader, says since a moment. */
function since(server: { log(): string }): () => string {
  const from = server.log().length;
  return () => server.log().slice(from);
}

function ofKind(ensemble: MixedEnsemble, kind: Kind, except = 0): number {
  const found = ensemble.servers.find(
    (server) => server instanceof OwnServer === (kind === 'ours') && server.id !== except,
  );
  if (found === undefined) throw new Error(`no server is ${kind}`);
  return found.id;
}

/** Starts all anew so that one of this kind leads: of servers with the same history it is the one with the largest id. */
async function letLead(ensemble: MixedEnsemble, kind: Kind): Promise<number> {
  await ensemble.leader();
  await expectOneTree(ensemble);
  await Promise.all(ensemble.servers.map((server) => server.stop()));
  const wanted = ensemble.servers
    .filter((server) => server.id <= 3 && server instanceof OwnServer === (kind === 'ours'))
    .at(-1) as Member;
  const second = ensemble.servers.find((server) => server.id < wanted.id) as Member;
  for (const server of [wanted, second]) server.start();
  await ensemble.leader();
  for (const server of ensemble.servers) server.start();
  expect(await ensemble.leader()).toBe(wanted.id);
  return wanted.id;
}

/** Claims about an ensemble of Apache's servers and ours in which each side has a member that may lead. */
export function claimsOfQuorum(participants: readonly Kind[]): void {
  const name = participants.join(', ');
  describeWithApache(`A quorum of ${name}`, () => {
    for (const side of ['ours', 'apache'] as const) {
      it(`is led by ${side}: every server's writes are everyone's, DIFF and SNAP bring back who was away`, async () => {
        await withEnsemble({ participants, properties: SMALL }, async (ensemble) => {
          const leader = await letLead(ensemble, side);
          await expectOneTree(ensemble);
          const other = ofKind(ensemble, side === 'ours' ? 'apache' : 'ours', leader);
          const away = ensemble.server(other);
          const own = side === 'ours' ? ensemble.server(leader) : away;
          for (const [sync, count] of [
            ['DIFF', 20],
            ['SNAP', 900],
          ] as const) {
            await away.stop();
            const log = since(own);
            await write(ensemble.server(leader).clientPort, count);
            away.start();
            expect(await ensemble.leader()).toBe(leader);
            expect(log()).toMatch(
              side === 'ours'
                ? new RegExp(`synchronizes server ${other} by ${sync}`)
                : new RegExp(`leader synchronizes it by ${sync}`),
            );
            await expectOneTree(ensemble);
          }
        });
      });
    }

    it('cuts what the others have not: TRUNC under the new leader', async () => {
      await withEnsemble({ participants }, async (ensemble) => {
        // The one that is alone of its kind leads, then has what nobody else has.
        const single: Kind = participants.filter((kind) => kind === 'ours').length === 1 ? 'ours' : 'apache';
        const leader = await letLead(ensemble, single);
        await write(ensemble.server(leader).clientPort, 5);
        const others = ensemble.servers.filter((server) => server.id !== leader);
        const client = await RawClient.connect(ensemble.server(leader).clientPort);
        await Promise.all(others.map((server) => server.kill()));
        await expect(client.create('/only-here')).rejects.toBeInstanceOf(ConnectionLost);
        await ensemble.server(leader).kill();
        for (const server of others) server.start();
        const next = await ensemble.leader();
        const own = ensemble.server(single === 'ours' ? leader : next);
        const log = since(own);
        ensemble.server(leader).start();
        expect(await ensemble.leader()).toBe(next);
        expect(log()).toMatch(
          single === 'ours'
            ? /its leader synchronizes it by TRUNC/
            : new RegExp(`synchronizes server ${leader} by TRUNC`),
        );
        const back = await RawClient.connect(ensemble.server(leader).clientPort);
        const { result } = await back.request({ type: OpCode.exists, path: '/only-here', watch: false });
        expect(result.err).toBe(-101);
        await back.close();
        await expectOneTree(ensemble);
      });
    });

    it('keeps a session that moves from one side to the other', async () => {
      await withEnsemble({ participants }, async (ensemble) => {
        for (const [from, to] of [
          ['ours', 'apache'],
          ['apache', 'ours'],
        ] as const) {
          const first = await RawClient.connect(ensemble.server(ofKind(ensemble, from)).clientPort);
          const path = await first.create(`/session-${from}`, from, 1);
          const { session, passwd, zxid: lastZxidSeen } = first;
          first.drop();
          const port = ensemble.server(ofKind(ensemble, to)).clientPort;
          const second = await RawClient.connect(port, { session, passwd, lastZxidSeen });
          expect(second.session).toBe(session);
          await second.set(path, 'moved');
          const reader = await RawClient.connect(ensemble.server(ofKind(ensemble, from)).clientPort);
          await reader.sync();
          expect(await reader.get(path)).toBe('moved');
          await second.close();
          await reader.sync();
          await expect(reader.get(path)).rejects.toThrow('NONODE');
          await reader.close();
        }
      });
    });
  });
}

/** Claims about observers of each side behind leaders of the other. */
export function claimsOfObservers(): void {
  describeWithApache('Observers', () => {
    it("ours under Apache's leader, and Apache's under ours", async () => {
      const options: MixedOptions = {
        participants: ['apache', 'ours', 'apache'],
        observers: ['ours', 'apache'],
        properties: SMALL,
      };
      await withEnsemble(options, async (ensemble) => {
        for (const side of ['apache', 'ours'] as const) {
          const leader = await letLead(ensemble, side);
          await expectOneTree(ensemble);
          for (const id of [4, 5]) {
            await ensemble.server(id).kill();
            await write(ensemble.server(leader).clientPort, id === 4 ? 20 : 900);
            ensemble.server(id).start();
            expect(await ensemble.server(id).serving()).toBe('observer');
            await expectOneTree(ensemble);
          }
        }
      });
    });
  });
}

/** Claims about an ensemble whose servers crash one after the other while clients write. */
export function claimsOfCrashes(participants: readonly Kind[]): void {
  describeWithApache(`A quorum of ${participants.join(', ')} under load`, () => {
    it('loses no acknowledged write when each of its servers is killed in turn', async () => {
      await withEnsemble({ participants, properties: SMALL }, async (ensemble) => {
        const load = new Load(
          ensemble.servers.map((server) => server.clientPort),
          6,
        );
        try {
          for (const id of [3, 2, 1, 3, 2, 1]) {
            await load.progress(150);
            await ensemble.server(id).kill();
            await load.progress(200);
            ensemble.server(id).start();
            await ensemble.server(id).serving();
          }
        } finally {
          await ensemble.leader();
          await load.end();
        }
        expect(check(znode, load.history).verdict).toBe('linearizable');
        await expectOneTree(ensemble);
      });
    });
  });
}
