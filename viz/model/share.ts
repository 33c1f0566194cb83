/**
 * A run and a moment of it in the fragment of a URL: a version, then JSON, deflated and in base64url. The platform's own
 * compression streams do it in browsers and in Node; a library would add to the bundle what is there already.
 */
const VERSION = '1.';
/** What a link may unpack to at most, bytes. */
const MOST_BYTES = 4_000_000;
/** A longer fragment is not opened by every browser, characters. */
const LONGEST = 500_000;

/** What a link holds. `run` is unchecked: whoever opens it parses it. */
export interface Shared {
  readonly run: unknown;
  /** The event that one stood at. */
  readonly event: number;
  /** The edits made by hand are the last so many faults of the run. */
  readonly edits: number;
  /** The scenario whose narration goes with it; absent: none. */
  readonly scenario?: string;
}

/** A link that cannot be opened; the message is for people. */
export class LinkError extends Error {}

function toBase64Url(bytes: Uint8Array): string {
  let text = '';
  for (let i = 0; i < bytes.length; i += 8192) text += String.fromCharCode(...bytes.subarray(i, i + 8192));
  return btoa(text).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}

function fromBase64Url(text: string): Uint8Array<ArrayBuffer> {
  const binary = atob(text.replaceAll('-', '+').replaceAll('_', '/'));
  return Uint8Array.from(binary, (char) => char.charCodeAt(0));
}

/** Reads a stream to its end. @throws LinkError where there is too much of it */
async function readAll(stream: ReadableStream<Uint8Array>): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let size = 0;
  const reader = stream.getReader();
  for (let next = await reader.read(); !next.done; next = await reader.read()) {
    size += next.value.length;
    if (size > MOST_BYTES) {
      await reader.cancel();
      throw new LinkError('This link holds more than any run: it is not one of ours.');
    }
    parts.push(next.value);
  }
  const all = new Uint8Array(size);
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

/** What stands behind the `#` of a link; null: the run is too large for one, as that of a long served session may be. */
export async function toFragment(shared: Shared): Promise<string | null> {
  const plain = new Blob([JSON.stringify(shared)]);
  if (plain.size > MOST_BYTES) return null;
  const packed = plain.stream().pipeThrough(new CompressionStream('deflate-raw'));
  const fragment = VERSION + toBase64Url(await readAll(packed));
  return fragment.length > LONGEST ? null : fragment;
}

/** @throws LinkError with a sentence that says what is wrong */
export async function fromFragment(fragment: string): Promise<Shared> {
  const text = fragment.replace(/^#/, '').trim();
  if (!text.startsWith(VERSION)) {
    throw new LinkError(
      /^\d+\./.test(text)
        ? 'This link was made by another version of the lab, which this one does not read.'
        : 'This link does not begin as a link of the lab does.',
    );
  }
  const broken = 'This link is damaged: part of it is missing or has been changed on its way.';
  let json: unknown;
  try {
    const bytes = fromBase64Url(text.slice(VERSION.length));
    const unpacked = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('deflate-raw'));
    json = JSON.parse(new TextDecoder().decode(await readAll(unpacked)));
  } catch (error) {
    throw error instanceof LinkError ? error : new LinkError(broken);
  }
  if (typeof json !== 'object' || json === null || !('run' in json)) throw new LinkError(broken);
  const { run, event, edits, scenario } = json as Record<string, unknown>;
  const whole = (value: unknown): number =>
    Number.isSafeInteger(value) && Number(value) >= 0 ? Number(value) : 0;
  return {
    run,
    event: whole(event),
    edits: whole(edits),
    ...(typeof scenario === 'string' && { scenario }),
  };
}
