/** Reads a history from a file, in the format that is given or that it looks like. */
import { InputError } from '../input/input.ts';
import { readText } from '../input/read-file.ts';
import { historyOf } from './event-history.ts';
import type { History, ModelName } from './history.ts';
import { parseHistoryJson } from './history-json.ts';
import { parseJepsenLog } from './jepsen-log.ts';
import { parseEdn } from './kv-edn.ts';

export const FORMATS = ['jepsen', 'kv-edn', 'json'] as const;
export type Format = (typeof FORMATS)[number];

/** @throws InputError where it cannot be read or is not a history of that model, with the line */
export function readHistory(path: string, model: ModelName, format: Format | undefined): History {
  const text = readText(path);
  if (text.trim() === '') throw new InputError(`${path}: line 1: the file is empty: expected a history`);
  const meant = format ?? guess(path, text);
  if (meant === 'json') return parseHistoryJson(text, path, model);
  const events = meant === 'jepsen' ? parseJepsenLog(text, path) : parseEdn(text, path);
  if (events.length === 0)
    throw new InputError(`${path}: line 1: no operation in it: is it a history (--format)?`);
  return historyOf(model, events, path);
}

/** By its beginning; what says nothing is judged by its name. */
function guess(path: string, text: string): Format {
  if (/\bjepsen\.util\b/.test(text.slice(0, 1 << 16))) return 'jepsen';
  const start = text.replace(/^(?:\s+|;[^\n]*)+/, '').slice(0, 200);
  if (/^(?:#[\w.]+\s*)?[[({]\s*(?:#[\w.]+\s*)?(?:\{\s*)?:[a-z]/.test(start)) return 'kv-edn';
  if (/^\{\s*"/.test(start) || path.endsWith('.json')) return 'json';
  if (/\.edn$/.test(path)) return 'kv-edn';
  if (/\.log$/.test(path)) return 'jepsen';
  throw new InputError(
    `${path}: line 1: it looks like none of the formats: give --format ${FORMATS.join(' | ')}`,
  );
}
