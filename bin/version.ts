/** The version of this program. */
import { readFileSync } from 'node:fs';

/** The version in the nearest package.json: two folders up in the built package, one from the sources. */
export function version(): string {
  for (const path of ['../package.json', '../../package.json']) {
    try {
      const json = JSON.parse(readFileSync(new URL(path, import.meta.url), 'utf8')) as { version?: string };
      if (json.version !== undefined) return json.version;
    } catch {
      // Not there: the next one is.
    }
  }
  return 'unknown';
}
