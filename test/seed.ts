/** What properties draw is the same in every run of the tests; ZAB_LAB_TEST_SEED, a whole number, has them draw something else. */
import fc from 'fast-check';

fc.configureGlobal({ seed: Number(process.env.ZAB_LAB_TEST_SEED ?? 1) });
