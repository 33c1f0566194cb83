/** What the four-letter word `envi` tells of this machine and process, by the names of Java's properties where there are such. */
import { arch, release, type as systemName, totalmem } from 'node:os';
import { version } from 'node:process';

const MB = 1 << 20;

/**
 * In the order in which `envi` lists it (org.apache.zookeeper.Environment). It becomes part of the session's run file, which
 * people show to others: hence no names of users, machines or directories.
 */
export function environmentOf(): Readonly<Record<string, string>> {
  return {
    'host.name': 'localhost',
    'node.version': version,
    'os.name': systemName(),
    'os.arch': arch(),
    'os.version': release(),
    'os.memory.max': `${Math.floor(totalmem() / MB)}MB`,
  };
}
