import { ErrorCode, OpCode } from '../../../protocol/txn.ts';
import type { RawClient } from './raw-client.ts';

/** What every server tells by its own clock (DataTree.addConfigNode): the one node that two servers of Apache differ in too. */
const OWN = '/zookeeper/config';

/** Every node as one server shows it: path → data, Stat and ACL, as text. */
export async function walk(client: RawClient): Promise<Map<string, string>> {
  const nodes = new Map<string, string>();
  const paths = ['/'];
  for (let path = paths.shift(); path !== undefined; path = paths.shift()) {
    const [data, children, acl] = await Promise.all([
      client.request({ type: OpCode.getData, path, watch: false }),
      client.request({ type: OpCode.getChildren, path, watch: false }),
      client.request({ type: OpCode.getACL, path }),
    ]);
    if (data.result.err !== ErrorCode.OK) throw new Error(`${path}: ${data.result.err}`);
    const names = [...(children.result.children ?? [])].sort();
    for (const name of names) paths.push(path === '/' ? `/${name}` : `${path}/${name}`);
    if (path === OWN) continue;
    nodes.set(
      path,
      JSON.stringify([
        Buffer.from(data.result.data ?? []).toString('base64'),
        data.result.stat,
        acl.result.acl,
        names,
      ]),
    );
  }
  return nodes;
}
