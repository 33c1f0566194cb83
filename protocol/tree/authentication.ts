/** How a connection proves who it is (server.auth.DigestAuthenticationProvider, IPAuthenticationProvider). */
import { base64 } from '../wire/base64.ts';
import { JuteError, JuteReader, JuteWriter } from '../wire/jute.ts';
import { sha1 } from '../wire/sha1.ts';
import type { Id } from './acl.ts';

/**
 * The ids that an AuthPacket adds to its connection's.
 *
 * @param auth of `digest` UTF-8 `user:password`; of `ip`, which a connection's address proves anyway, nothing
 * @param superDigest the digest id whose owner is no longer asked for permissions; empty for none
 * @returns null for AUTHFAILED, after which the connection is closed
 */
export function authenticate(scheme: string, auth: Uint8Array, superDigest: string): readonly Id[] | null {
  if (scheme === 'ip') return [];
  const id = scheme === 'digest' ? digestId(auth) : null;
  if (id === null) return null;
  const own: Id = { scheme, id };
  return id === superDigest ? [{ scheme: 'super', id: '' }, own] : [own];
}

/** `user:` and the base64 of the SHA-1 of `user:password` (generateDigest); null where that is not UTF-8. */
export function digestId(userPassword: Uint8Array): string | null {
  const text = decodeText(userPassword);
  if (text === null) return null;
  const colon = text.indexOf(':');
  return `${colon < 0 ? text : text.slice(0, colon)}:${base64(sha1(userPassword))}`;
}

function decodeText(bytes: Uint8Array): string | null {
  try {
    return new JuteReader(new JuteWriter(4 + bytes.length).buffer(bytes).finish()).text();
  } catch (error) {
    if (error instanceof JuteError) return null;
    throw error;
  }
}
