/** All that `zab-lab` exports: for modules brought along with `--with`, and for programs that use it as a library. */
export * from '../protocol/index.ts';
export * from '../sim/index.ts';
export * from './index.ts';
