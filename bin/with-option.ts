import { Option } from 'commander';

/** `--with <file>`, which may be given several times. */
export function withOption(): Option {
  return new Option('--with <file>', 'add the properties, variants … of a module (repeatable)').argParser(
    (file: string, before: readonly string[] | undefined) => [...(before ?? []), file],
  );
}
