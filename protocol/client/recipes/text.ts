import { JuteReader, JuteWriter } from '../../wire/jute.ts';

/** A node's data as the UTF-8 text that a recipe put there; null reads as empty. @throws JuteError where it is none */
export function readText(data: Uint8Array | null): string {
  if (data === null) return '';
  return new JuteReader(new JuteWriter(4 + data.length).buffer(data).finish()).string() ?? '';
}
