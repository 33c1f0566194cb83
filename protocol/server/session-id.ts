/** Session ids and the passwords that belong to them (SessionTrackerImpl.initializeNextSessionId, ZooKeeperServer.generatePasswd). */
import type { SessionId } from '../txn.ts';

const TWO_40 = 0x100_0000_0000;
const TWO_24 = 0x100_0000;
const TWO_16 = 0x1_0000;

/** ZooKeeperServer.superSecret: no secret at all, but any server can verify a password with it. */
const SECRET_HIGH = 0xb3;
const SECRET_LOW = 0x415c00;

/** Multiplier of java.util.Random, 36 bits in two parts; its increment is 11. */
const MULTIPLIER_HIGH = 0x5de;
const MULTIPLIER_LOW = 0xece66d;
const PASSWORD_INTS = 4;

/** The password of a session that was not granted. */
export const NO_PASSWORD = '0'.repeat(32);

/** SESSION-1: ids of one server: its own id, its clock's low 40 bits when it began, and a count of 16 bits that carries. */
export class SessionIds {
  private readonly server: number;
  private clock = -1;
  private count = 0;

  constructor(server: number) {
    this.server = server;
  }

  /** @param wallClock milliseconds since 1970; only the first call's matters */
  next(wallClock: number): SessionId {
    if (this.clock < 0) this.clock = wallClock % TWO_40;
    const count = this.count++;
    const clock = (this.clock + Math.floor(count / TWO_16)) % TWO_40;
    return hex(this.server, 2) + hex(clock, 10) + hex(count % TWO_16, 4);
  }
}

/** The server that granted the id: its first byte. */
export function serverOf(session: SessionId): number {
  return Number.parseInt(session.slice(0, 2), 16);
}

/** SESSION-1: 16 bytes of java.util.Random seeded with the id and a constant, as 32 hex digits. */
export function passwordOf(session: SessionId): string {
  // Of a seed Java keeps 48 bits, here in two halves, since a product of 48 bits has more than a double.
  let high = Number.parseInt(session.slice(4, 10), 16) ^ SECRET_HIGH;
  let low = Number.parseInt(session.slice(10), 16) ^ SECRET_LOW;
  high ^= MULTIPLIER_HIGH;
  low ^= MULTIPLIER_LOW;
  let password = '';
  for (let i = 0; i < PASSWORD_INTS; i++) {
    const product = low * MULTIPLIER_LOW + 11;
    high = (high * MULTIPLIER_LOW + low * MULTIPLIER_HIGH + Math.floor(product / TWO_24)) % TWO_24;
    low = product % TWO_24;
    const int = high * 0x100 + Math.floor(low / TWO_16);
    // Random.nextBytes takes the lowest byte first.
    for (let shift = 0; shift < 32; shift += 8) password += hex((int >>> shift) & 0xff, 2);
  }
  return password;
}

function hex(value: number, digits: number): string {
  return value.toString(16).padStart(digits, '0');
}
