import { CreateFlag } from '../../../protocol/request.ts';
import { OpCode } from '../../../protocol/txn.ts';
import { RawClient } from './raw-client.ts';
import { walk } from './tree-walk.ts';

const ACL = [
  { perms: 31, scheme: 'world', id: 'anyone' },
  { perms: 1, scheme: 'ip', id: '127.0.0.1' },
];
const OPEN = [{ perms: 31, scheme: 'world', id: 'anyone' }];

/** Transactions of every kind, and enough of them for snapshots and several log files. */
export async function write(client: RawClient, name: string): Promise<void> {
  const base = await client.create(`/${name}`, 'base');
  const data = Buffer.from('x');
  await client.do({ type: OpCode.create, path: `${base}/acl`, data, acl: ACL, flags: 0 });
  await client.do({ type: OpCode.createContainer, path: `${base}/container`, data, acl: OPEN, flags: 4 });
  await client.do({ type: OpCode.createTTL, path: `${base}/ttl`, data, acl: OPEN, flags: 5, ttl: 3_600_000 });
  await client.do({ type: OpCode.create2, path: `${base}/null`, data: null, acl: OPEN, flags: 0 });
  await client.do({ type: OpCode.setACL, path: `${base}/null`, acl: ACL, version: -1 });
  await client.do({
    type: OpCode.multi,
    ops: [
      { type: OpCode.create, path: `${base}/multi`, data, acl: OPEN, flags: 0 },
      { type: OpCode.setData, path: base, data: Buffer.from('é🙂'), version: -1 },
      { type: OpCode.check, path: base, version: 1 },
    ],
  });
  await client.request({ type: OpCode.delete, path: `${base}/missing`, version: -1 });
  const many = Array.from({ length: 400 }, (_, i) =>
    client.create(`${base}/n-`, `${i}`, CreateFlag.PERSISTENT_SEQUENTIAL),
  );
  const paths = await Promise.all(many);
  await Promise.all(paths.slice(0, 200).map((path) => client.do({ type: OpCode.delete, path, version: -1 })));
  const gone = await RawClient.connect(client.port);
  await gone.create(`${base}/ephemeral`, '', CreateFlag.EPHEMERAL);
  await gone.close();
}

export async function treeOf(port: number): Promise<Record<string, string>> {
  const client = await RawClient.connect(port);
  try {
    await client.sync();
    return Object.fromEntries(await walk(client));
  } finally {
    await client.close();
  }
}

/** What {@link write} needs. */
export const PROPERTIES: Readonly<Record<string, string>> = {
  snapCount: '150',
  extendedTypesEnabled: 'true',
};
