/** Jepsen's log: `INFO  jepsen.util - 4⇥:invoke⇥:cas⇥[2 4]`. */
import { InputError } from '../input/input.ts';
import { EdnReader } from './edn.ts';
import { type HistoryEvent, TYPES } from './event-history.ts';

const LINE = /\bjepsen\.util\b\s*-?\s*(\S+)\s+:(\S+)\s+:(\S+)(?:\s+(.*))?$/;
const OTHER_LOG = /^(?:\S+ +)?(?:TRACE|DEBUG|INFO|WARN|ERROR)\b(?!.*\bjepsen\.util\b)/;

/** Lines of other loggers and of the nemesis are passed over. @throws InputError with the line */
export function parseJepsenLog(text: string, where: string): HistoryEvent[] {
  const events: HistoryEvent[] = [];
  for (const [i, raw] of text.split('\n').entries()) {
    const source = raw.trimEnd();
    const line = i + 1;
    if (source === '' || OTHER_LOG.test(source)) continue;
    const [, process, type, f, value] = LINE.exec(source) ?? [];
    if (process === ':nemesis') continue;
    const fail = (message: string): never => {
      throw new InputError(`${where}: line ${line}: ${message}`);
    };
    if (process === undefined || type === undefined || f === undefined) {
      return fail('expected a line such as: INFO  jepsen.util - 4⇥:invoke⇥:cas⇥[2 4]');
    }
    if (!/^\d+$/.test(process)) fail(`the process is ${process}: expected a number`);
    if (!TYPES.includes(type)) fail(`:${type} is none of :invoke, :ok, :fail, :info`);
    const reader = new EdnReader(value ?? '', where, line);
    events.push({
      line,
      process: Number(process),
      type: type as HistoryEvent['type'],
      f,
      value: reader.next(),
    });
  }
  return events;
}
