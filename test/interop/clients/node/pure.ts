// node-zookeeper-client: the protocol in JavaScript.
import zookeeper from 'node-zookeeper-client';
import type { Client, Library, Watch } from './client.ts';

type Callback<T extends unknown[]> = (error: Error | zookeeper.Exception | null, ...values: T) => void;

export const pure: Library = {
  name: 'node-zookeeper-client',
  async connect(addresses, timeout, expired) {
    const client = open(addresses, timeout);
    client.on('expired', () => expired?.());
    await connected(client);
    return adapter(client);
  },
};

export interface Outcome {
  /** ZooKeeper's code: 0, or why nothing took effect. */
  readonly error: number;
  /** By operation. */
  readonly results: readonly unknown[];
}

/** Commits a transaction in a session of its own. */
export async function transaction(
  addresses: string,
  build: (transaction: zookeeper.Transaction) => zookeeper.Transaction,
): Promise<Outcome> {
  const client = open(addresses, 5000);
  await connected(client);
  try {
    return await new Promise<Outcome>((resolve) => {
      build(client.transaction()).commit((error, results) => {
        resolve({
          error: error === null || error === undefined ? 0 : (error as zookeeper.Exception).getCode(),
          results,
        });
      });
    });
  } finally {
    client.close();
  }
}

function open(addresses: string, timeout: number): zookeeper.Client {
  return zookeeper.createClient(addresses, { sessionTimeout: timeout, spinDelay: 100, retries: 0 });
}

function connected(client: zookeeper.Client): Promise<void> {
  return new Promise((resolve) => {
    client.once('connected', resolve);
    client.connect();
  });
}

function adapter(client: zookeeper.Client): Client {
  return {
    create: async (path, data, flags) =>
      (await ask<[string]>((done) => client.create(path, Buffer.from(data), flags, done)))[0],
    exists: async (path, watch) =>
      (await ask<[unknown]>((done) => client.exists(path, watcher(watch), done)))[0] != null,
    get: async (path, watch) => {
      const [data, stat] = await ask<[Buffer, zookeeper.Stat]>((done) =>
        client.getData(path, watcher(watch), done),
      );
      return { data: data.toString(), version: stat.version };
    },
    set: async (path, data, version) =>
      (await ask<[zookeeper.Stat]>((done) => client.setData(path, Buffer.from(data), version, done)))[0]
        .version,
    remove: async (path, version) => void (await ask((done) => client.remove(path, version, done))),
    children: async (path, watch) =>
      (await ask<[string[]]>((done) => client.getChildren(path, watcher(watch), done)))[0],
    sessionId: () => client.getSessionId().toString('hex').replace(/^0+/, ''),
    close: () =>
      new Promise((resolve) => {
        client.once('disconnected', resolve);
        client.close();
      }),
  };
}

function ask<T extends unknown[]>(question: (done: Callback<T>) => void): Promise<T> {
  return new Promise((resolve, reject) =>
    question((error, ...values) => (error ? reject(error) : resolve(values))),
  );
}

function watcher(watch: Watch | undefined): (event: zookeeper.Event) => void {
  // The library takes undefined for no watch, which its types do not say.
  const listener =
    watch && ((event: zookeeper.Event) => watch({ type: event.getType(), path: event.getPath() }));
  return listener as (event: zookeeper.Event) => void;
}
