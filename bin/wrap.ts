/** Breaks a text at spaces into lines of at most `width` characters, each but the first of `used` ones indented. */
export function wrap(text: string, width: number, indent: string, used = 0): string {
  const lines: string[] = [];
  let line = used === 0 ? indent : '';
  let room = width - (used === 0 ? indent.length : used);
  let empty = true;
  for (const word of text.split(' ')) {
    if (!empty && word.length + 1 > room) {
      lines.push(line);
      line = indent;
      room = width - indent.length;
      empty = true;
    }
    line += empty ? word : ` ${word}`;
    room -= word.length + (empty ? 0 : 1);
    empty = false;
  }
  lines.push(line);
  return lines.join('\n');
}
