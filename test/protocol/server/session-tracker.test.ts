import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { serviceRules } from '../../../protocol/server/service-rules.ts';
import { SessionTracker, THIS_SERVER } from '../../../protocol/server/session-tracker.ts';
import { ErrorCode } from '../../../protocol/txn.ts';

const TICK = 100;
const A = '0100000000000001';
const B = '0100000000000002';

function tracker(now = 0): SessionTracker {
  return new SessionTracker(TICK, serviceRules, now);
}

describe('SESSION-4 expiry in buckets of a tick', () => {
  it('SESSION-4 a session ends in the first tick that begins after its timeout', () => {
    const sessions = tracker();
    sessions.track(A, 250, 30);
    expect(sessions.poll(299)).toEqual([]);
    expect(sessions.poll(300)).toEqual([A]);
    expect(sessions.poll(400)).toEqual([]);
  });

  it('SESSION-4 never before its timeout since the last touch, and at most a tick after it', () => {
    const touches = fc.array(fc.integer({ min: 0, max: 180 }), { minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(touches, fc.integer({ min: 1, max: 500 }), (gaps, timeout) => {
        const sessions = tracker();
        let now = 0;
        let last = 0;
        sessions.track(A, timeout, 0);
        for (const gap of gaps) {
          // The timer looks at every bucket when it ends.
          const until = now + gap;
          while (sessions.nextExpiry <= until) {
            now = sessions.nextExpiry;
            if (sessions.poll(now).length > 0) {
              expect(now - last).toBeGreaterThanOrEqual(timeout);
              expect(now - last).toBeLessThanOrEqual(timeout + TICK);
              return;
            }
          }
          now = until;
          expect(sessions.touch(A, timeout, now)).toBe(true);
          last = now;
        }
      }),
    );
  });

  it('SESSION-4 a closing session is not heard of, and its requests fail', () => {
    const sessions = tracker();
    sessions.track(A, 100, 0);
    expect(sessions.check(A, THIS_SERVER)).toBe(ErrorCode.OK);
    expect(sessions.poll(1000)).toEqual([A]);
    expect(sessions.touch(A, 100, 1000)).toBe(false);
    expect(sessions.check(A, THIS_SERVER)).toBe(ErrorCode.SESSIONEXPIRED);
    sessions.remove(A);
    expect(sessions.check(A, THIS_SERVER)).toBe(ErrorCode.UNKNOWNSESSION);
  });

  it('SESSION-4 after a pause all buckets that ended meanwhile are due, the oldest first', () => {
    const sessions = tracker();
    sessions.track(B, 250, 0);
    sessions.track(A, 150, 0);
    expect(sessions.poll(5000)).toEqual([A, B]);
  });
});

describe('SESSION-7 owners', () => {
  it('SESSION-7 the first one to ask owns a session; another is told that it moved', () => {
    const sessions = tracker();
    sessions.track(A, 100, 0);
    expect(sessions.check(A, 7)).toBe(ErrorCode.OK);
    expect(sessions.check(A, 7)).toBe(ErrorCode.OK);
    expect(sessions.check(A, 8)).toBe(ErrorCode.SESSIONMOVED);
    sessions.setOwner(A, 8);
    expect(sessions.check(A, 7)).toBe(ErrorCode.SESSIONMOVED);
    expect(sessions.check(A, 8)).toBe(ErrorCode.OK);
  });
});
