// The package `zookeeper`: Apache's C client as an addon.
// It compiles that client where it is installed, so it is no dependency of this package: these tests install it when they need it.
import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Client, Library, Watch } from './client.ts';

const VERSION = '7.3.0';
const ROOT = fileURLToPath(new URL('../../../..', import.meta.url));
const HOME = join(ROOT, 'node_modules/.cache/zab-lab', `zookeeper-${VERSION}-abi${process.versions.modules}`);

const SETTINGS = {
  // Errors only.
  debug_level: 1,
  data_as_buffer: true,
  // The addon gives a session up after so many vain looks at a socket, by default ten: too few for a crash.
  response_counter_limit: 1_000_000,
};

/** What is used of the package; its own declarations are written for another module system. */
interface Native {
  init(options: object): void;
  on(event: 'connect' | 'close', listener: () => void): void;
  create(path: string, data: string, flags: number): Promise<string>;
  exists(path: string, watch: boolean): Promise<unknown>;
  w_exists(path: string, watch: NativeWatch): Promise<unknown>;
  get(path: string, watch: boolean): Promise<[{ version: number }, Buffer]>;
  w_get(path: string, watch: NativeWatch): Promise<[{ version: number }, Buffer]>;
  set(path: string, data: string, version: number): Promise<{ version: number }>;
  delete_(path: string, version: number): Promise<void>;
  get_children(path: string, watch: boolean): Promise<string[]>;
  w_get_children(path: string, watch: NativeWatch): Promise<string[]>;
  close(): void;
  readonly client_id: string;
  readonly state: number;
}
type NativeWatch = (type: number, state: number, path: string) => void;

/** The library, installed where it has not been; null, with a line that says why, where it cannot be had or compiled. */
export async function nativeLibrary(): Promise<Library | null> {
  try {
    if (!existsSync(join(HOME, 'node_modules/zookeeper/build/Release/zookeeper.node'))) await install();
  } catch (error) {
    const reason = `npm's package zookeeper cannot be installed here: ${String(error).trim().split('\n').at(-1)}`;
    if (process.env.ZAB_LAB_INTEROP === 'required') throw new Error(reason);
    console.warn(`Skipped: ${reason}`);
    return null;
  }
  return library();
}

/** @throws where it is not installed */
export function library(): Library {
  const require = createRequire(join(HOME, 'package.json'));
  const ZooKeeper = require('zookeeper') as new (options: object) => Native;
  return {
    name: `zookeeper ${VERSION}, the C client`,
    connect: (addresses, timeout, expired) =>
      new Promise((resolve, reject) => {
        const client = new ZooKeeper({});
        client.on('close', () => {
          reject(new Error('the client has given up its session'));
          expired?.();
        });
        client.on('connect', () => resolve(adapter(client)));
        client.init({ ...SETTINGS, connect: addresses, timeout });
      }),
  };
}

async function install(): Promise<void> {
  mkdirSync(HOME, { recursive: true });
  // npm asks for a yes to each package that runs a script of its own.
  const own = { name: 'zab-lab-interop', private: true, allowScripts: { [`zookeeper@${VERSION}`]: true } };
  writeFileSync(join(HOME, 'package.json'), JSON.stringify(own));
  const headers = resolve(dirname(process.execPath), '..');
  const here = existsSync(join(headers, 'include/node/node.h')) ? { npm_config_nodedir: headers } : {};
  await promisify(execFile)(
    'npm',
    ['install', '--no-audit', '--no-fund', '--no-package-lock', `zookeeper@${VERSION}`],
    {
      cwd: HOME,
      env: { ...process.env, ...here },
      timeout: 300_000,
    },
  );
}

function adapter(client: Native): Client {
  return {
    create: (path, data, flags) => coded(client.create(path, data, flags)),
    exists: async (path, watch) => {
      try {
        await coded(watch === undefined ? client.exists(path, false) : client.w_exists(path, watcher(watch)));
        return true;
      } catch (error) {
        if ((error as { code?: number }).code === -101) return false;
        throw error;
      }
    },
    get: async (path, watch) => {
      const answer = watch === undefined ? client.get(path, false) : client.w_get(path, watcher(watch));
      const [stat, data] = await coded(answer);
      return { data: data.toString(), version: stat.version };
    },
    set: async (path, data, version) => (await coded(client.set(path, data, version))).version,
    remove: (path, version) => coded(client.delete_(path, version)),
    children: (path, watch) =>
      coded(
        watch === undefined ? client.get_children(path, false) : client.w_get_children(path, watcher(watch)),
      ),
    sessionId: () => client.client_id,
    close: async () => client.close(),
  };
}

/** The package's errors have their code at the beginning of their message only. */
async function coded<T>(answer: Promise<T>): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    const { message } = error as Error;
    throw Object.assign(new Error(message), { code: Number.parseInt(message, 10) });
  }
}

function watcher(watch: Watch): NativeWatch {
  return (type, _state, path) => {
    // A watch hears of its connection, too (type −1).
    if (type > 0) watch({ type, path });
  };
}
