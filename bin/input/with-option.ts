import { Option } from 'commander';

/** `--with <file>`, which may be given several times. */
export function withOption(): Option {
  return new Option('--with <file>', 'add the properties, variants … of a module (repeatable)').argParser(
    (file: string, before: readonly string[] | undefined) => [...(before ?? []), file],
  );
}

/** The modules as arguments again, behind a command that is suggested. */
export function withArguments(files: readonly string[] = []): string {
  return files.map((file) => ` --with ${file}`).join('');
}
