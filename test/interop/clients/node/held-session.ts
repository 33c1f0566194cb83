// A session in a process of its own, so that the process can be stopped for a while.
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const PROGRAM = fileURLToPath(new URL('hold-session.ts', import.meta.url));
const JITI = fileURLToPath(new URL('../../../../node_modules/jiti/lib/jiti-cli.mjs', import.meta.url));

export interface HeldSession {
  /** Stops the process where it is (SIGSTOP): it sends nothing more. */
  pause(): void;
  resume(): void;
  /** Waits until its client says that the session has expired. */
  expired(): Promise<void>;
  kill(): void;
}

/** Opens a session with the library and creates an ephemeral node; `timeout` in ms. */
export async function heldSession(
  library: 'pure' | 'native',
  addresses: string,
  path: string,
  timeout: number,
): Promise<HeldSession> {
  const child = spawn(process.execPath, [JITI, PROGRAM, library, addresses, path, String(timeout)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const end = (): boolean => child.kill('SIGKILL');
  process.once('exit', end);
  child.once('exit', () => process.removeListener('exit', end));
  const lines = createInterface({ input: child.stdout });
  const said = (what: string): Promise<void> =>
    new Promise((resolve, reject) => {
      lines.on('line', (line) => line === what && resolve());
      lines.once('close', () => reject(new Error(`the process that holds a session ended before '${what}'`)));
    });
  const expired = said('expired');
  expired.catch(() => {}); // Whoever waits for it hears of it.
  await said('held');
  return {
    pause: () => child.kill('SIGSTOP'),
    resume: () => child.kill('SIGCONT'),
    expired: () => expired,
    kill: end,
  };
}
