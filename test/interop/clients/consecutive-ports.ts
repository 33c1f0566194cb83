import { createServer, type Server } from 'node:net';

/** Below those that systems give to whoever asks for any port. */
const [FIRST, LAST] = [20_000, 30_000];

/** The first of so many ports of 127.0.0.1 in a row that nobody listens on, for software that counts its ports itself. */
export async function consecutivePorts(count: number): Promise<number> {
  for (let tries = 0; tries < 50; tries++) {
    const first = FIRST + Math.floor((Math.random() * (LAST - FIRST)) / count) * count;
    const servers = await Promise.all(Array.from({ length: count }, (_, i) => listen(first + i)));
    const open = servers.filter((server) => server !== null);
    await Promise.all(open.map((server) => new Promise((done) => server.close(done))));
    if (open.length === count) return first;
  }
  throw new Error(`no ${count} free ports in a row were found between ${FIRST} and ${LAST}`);
}

/** Null where somebody else does. */
function listen(port: number): Promise<Server | null> {
  return new Promise((resolve) => {
    const server = createServer().once('error', () => resolve(null));
    server.listen(port, '127.0.0.1', () => resolve(server));
  });
}
