/**
 * Requests per second of one connection, pipelined and one at a time, against servers that run already: Apache's or ours.
 * `node dist/test/live/bench.js 2181 [requests] [bytes] [window]`
 */

import type { ClientOp } from '../../protocol/request.ts';
import { OPEN_ACL_UNSAFE } from '../../protocol/tree/index.ts';
import { OpCode } from '../../protocol/txn.ts';
import { RawClient } from './raw-client.ts';

const [port = 2181, count = 20_000, size = 100, window = 1000] = process.argv.slice(2).map(Number);

async function perSecond(client: RawClient, op: ClientOp, requests: number, many: number): Promise<number> {
  const since = performance.now();
  for (let done = 0; done < requests; done += many) {
    if (many === 1) await client.ask(op);
    else await client.askAll(Array.from({ length: Math.min(many, requests - done) }, () => op));
  }
  return Math.round((requests * 1000) / (performance.now() - since));
}

const client = await RawClient.start(port);
const path = '/bench';
const data = new Uint8Array(size).fill(120);
await client.ask({ type: OpCode.create, path, data, acl: OPEN_ACL_UNSAFE, flags: 0 });
const set = { type: OpCode.setData, path, data, version: -1 } as const;
const get = { type: OpCode.getData, path, watch: false } as const;
for (const [name, op] of [
  ['writes', set],
  ['reads', get],
] as const) {
  process.stdout.write(`pipelined ${name}/s ${await perSecond(client, op, count, window)}\n`);
  process.stdout.write(`synchronous ${name}/s ${await perSecond(client, op, count / 10, 1)}\n`);
}
await client.ask({ type: OpCode.closeSession });
client.destroy();
