/**
 * A link into the lab, at a run and a moment of it. The format is the lab's own (`viz/model/share.ts`, which notebooks may
 * not import): a version, then JSON, deflated and in base64url. A test reads these links as the lab does.
 */
import type { RunSpec } from '../sim/spec.ts';

/** Address relative to a notebook. @param event the event that the lab opens at */
export async function labLink(run: RunSpec, event: number): Promise<string> {
  const json = JSON.stringify({ run, event, edits: 0 });
  const packed = new Blob([json]).stream().pipeThrough(new CompressionStream('deflate-raw'));
  const bytes = new Uint8Array(await new Response(packed).arrayBuffer());
  let text = '';
  for (const byte of bytes) text += String.fromCharCode(byte);
  const code = btoa(text).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
  return `../index.html#1.${code}`;
}
