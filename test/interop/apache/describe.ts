import { describe } from 'vitest';
import { missing } from './installed.ts';

if (missing !== null) console.warn(`Skipped: ${missing}`);

/** `describe` of tests that need Apache's server: skipped where it is not installed, with a line that says so. */
export const describeWithApache: ReturnType<typeof describe.skipIf> = describe.skipIf(missing !== null);
