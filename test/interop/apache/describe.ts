import { describe } from 'vitest';
import { missing } from './installed.ts';

/** `describe` of tests that need Apache's server: skipped where it is not installed. */
export const describeWithApache: ReturnType<typeof describe.skipIf> = describe.skipIf(missing !== null);
