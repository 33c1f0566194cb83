import { describe, expect, it } from 'vitest';
import { CreateFlag } from '../../../../protocol/request.ts';
import { OPEN_ACL_UNSAFE } from '../../../../protocol/tree/acl.ts';
import { ErrorCode, OpCode } from '../../../../protocol/txn.ts';
import {
  check,
  type Operation,
  type ZnodeInput,
  type ZnodeOutput,
  znode,
} from '../../../../sim/check/linearizability/index.ts';

type Op = ZnodeInput['op'];

const create = (path: string, flags: number = CreateFlag.PERSISTENT) =>
  ({ type: OpCode.create, path, data: null, acl: OPEN_ACL_UNSAFE, flags }) as const;
const read = (type: typeof OpCode.getChildren | typeof OpCode.exists, path: string): Op => ({
  type,
  path,
  watch: false,
});

/** One after the other, by one session or the one given. */
function history(
  ...steps: readonly (readonly [Op, ZnodeOutput, string?])[]
): Operation<ZnodeInput, ZnodeOutput>[] {
  return steps.map(([op, output, session = '1'], i) => ({
    process: 0,
    call: 2 * i,
    return: 2 * i + 1,
    input: { op, session },
    output,
  }));
}

const partitions = (operations: Operation<ZnodeInput, ZnodeOutput>[]) =>
  znode.partition!(operations).map(({ name }) => name);
const OK = { err: ErrorCode.OK };

describe('partitions of a tree', () => {
  const apart = [
    [create('/a'), OK],
    [create('/b'), OK],
    [create('/a/x'), OK],
  ] as const;

  it('are its top-level subtrees', () => {
    expect(partitions(history(...apart))).toEqual(['/a', '/b']);
  });

  it('are joined by a multi that spans them', () => {
    const multi = { type: OpCode.multi, ops: [create('/b/y'), create('/c')] } as const;
    expect(partitions(history(...apart, [multi, OK]))).toEqual(['/a', '/b /c']);
  });

  it('are one where the list of top nodes, or a number counted from it, matters', () => {
    expect(partitions(history(...apart, [read(OpCode.getChildren, '/'), OK]))).toEqual(['/']);
    expect(partitions(history(...apart, [create('/n-', CreateFlag.PERSISTENT_SEQUENTIAL), OK]))).toEqual([
      '/',
    ]);
    expect(partitions(history(...apart, [create('/a/n-', CreateFlag.PERSISTENT_SEQUENTIAL), OK]))).toEqual([
      '/a',
      '/b',
    ]);
  });

  it('are joined by the end of a session with ephemerals in several', () => {
    const close = { type: OpCode.closeSession } as const;
    const ephemeral = (path: string) => create(path, CreateFlag.EPHEMERAL);
    const session = [
      [ephemeral('/a'), OK],
      [ephemeral('/b'), OK],
      [create('/c'), OK],
      [close, OK],
    ] as const;
    expect(partitions(history(...session))).toEqual(['/a /b', '/c']);
    const gone = [read(OpCode.exists, '/a'), { err: ErrorCode.NONODE }] as const;
    expect(check(znode, history(...session, gone)).verdict).toBe('linearizable');
    expect(check(znode, history(...session, [read(OpCode.exists, '/a'), OK])).verdict).toBe(
      'not-linearizable',
    );
  });

  it('hold what is refused too: whether a path is bad comes to light once its parent is found', () => {
    const bad = create('/a/\u0001');
    const { NONODE, BADARGUMENTS } = ErrorCode;
    const answers = [
      [bad, { err: NONODE }],
      [create('/a'), OK],
      [bad, { err: BADARGUMENTS }],
    ] as const;
    expect(check(znode, history(...answers)).verdict).toBe('linearizable');
    expect(check(znode, history(answers[1], answers[0])).verdict).toBe('not-linearizable');
  });
});
