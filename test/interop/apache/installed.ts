// Debian's package `zookeeper` (Apache ZooKeeper 3.8.0) and the Java it needs, where they are installed.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** Where Debian keeps jars; ZAB_LAB_ZOOKEEPER_JARS names another folder. */
const JARS = process.env.ZAB_LAB_ZOOKEEPER_JARS ?? '/usr/share/java';
/** The manifest of zookeeper.jar names all others but the one that writes the log. */
const ZOOKEEPER = join(JARS, 'zookeeper.jar');
const LOGGER = join(JARS, 'slf4j-simple.jar');

export const classpath: string = [ZOOKEEPER, LOGGER].filter(existsSync).join(':');

/** Why Apache's server cannot be started here; null: it can. */
export const missing: string | null = lookAround();

function lookAround(): string | null {
  const what: string[] = [];
  if (!existsSync(ZOOKEEPER)) what.push(`${ZOOKEEPER} (Debian's package zookeeper)`);
  if (spawnSync('java', ['-version'], { stdio: 'ignore' }).error !== undefined) what.push('java');
  if (what.length === 0) return null;
  const reason = `Apache ZooKeeper is not installed here: ${what.join(' and ')} not found.`;
  if (process.env.ZAB_LAB_INTEROP === 'required') throw new Error(reason);
  return reason;
}
