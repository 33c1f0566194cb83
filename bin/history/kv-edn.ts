/** Histories as EDN maps with `:process :type :f :key :value`, each by itself or all in a vector. */
import { EdnReader, isMap, Keyword, writeEdn } from './edn.ts';
import { type HistoryEvent, TYPES } from './event-history.ts';

/** Events of the nemesis are passed over. @throws InputError with the line */
export function parseEdn(text: string, where: string): HistoryEvent[] {
  const reader = new EdnReader(text, where);
  const events: HistoryEvent[] = [];
  const inside = reader.enter();
  for (;;) {
    if (inside && reader.leave()) {
      if (reader.next() !== undefined) reader.fail('something behind the end of the vector');
      return events;
    }
    const map = reader.next();
    if (map === undefined) {
      if (inside) reader.fail('the end of the file, where a ] is missing');
      return events;
    }
    const { line } = reader;
    if (!isMap(map))
      return reader.fail(`expected a map such as {:process 0, :type :invoke, …}, not ${writeEdn(map)}`);
    const process = map.get('process');
    if (process instanceof Keyword) continue;
    if (typeof process !== 'number' || !Number.isInteger(process) || process < 0) {
      return reader.fail(`:process is ${writeEdn(process)}: expected a number`);
    }
    const type = map.get('type');
    if (!(type instanceof Keyword) || !TYPES.includes(type.name)) {
      return reader.fail(`:type is ${writeEdn(type)}: expected :invoke, :ok, :fail or :info`);
    }
    const f = map.get('f');
    if (!(f instanceof Keyword))
      return reader.fail(`:f is ${writeEdn(f)}: expected what is done, such as :get`);
    const key = map.get('key');
    events.push({
      line,
      process,
      type: type.name as HistoryEvent['type'],
      f: f.name,
      value: map.get('value'),
      ...(key === undefined ? {} : { key: key instanceof Keyword ? key.name : key }),
    });
  }
}
