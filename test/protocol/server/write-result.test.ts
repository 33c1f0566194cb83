import { expect, test } from 'vitest';
import type { CreateRequest } from '../../../protocol/request.ts';
import { writeResult } from '../../../protocol/server/write-result.ts';
import { DataTree, statOf } from '../../../protocol/tree/tree.ts';
import { ErrorCode, OpCode } from '../../../protocol/txn.ts';

const stat = statOf(new DataTree().nodes.get('/')!);
const done = { err: ErrorCode.OK, path: '/a', stat };

function create(type: CreateRequest['type']): CreateRequest {
  return { type, path: '/a', data: null, acl: [], flags: 0 };
}

test('READ-9 after create its client is told the path, after its relatives the stat too', () => {
  expect(writeResult(create(OpCode.create), done)).toEqual({ err: ErrorCode.OK, path: '/a' });
  for (const type of [OpCode.create2, OpCode.createContainer, OpCode.createTTL])
    expect(writeResult(create(type), done)).toEqual(done);
});

test('READ-9 after setData and setACL its client is told the stat, after delete nothing', () => {
  const setData = { type: OpCode.setData, path: '/a', data: null, version: -1 } as const;
  const setAcl = { type: OpCode.setACL, path: '/a', acl: [], version: -1 } as const;
  const told = { err: ErrorCode.OK, stat };
  expect(writeResult(setData, told)).toEqual(told);
  expect(writeResult(setAcl, told)).toEqual(told);
  const ok = { err: ErrorCode.OK };
  expect(writeResult({ type: OpCode.delete, path: '/a', version: -1 }, ok)).toEqual(ok);
});

test('READ-9 of a multi its client is told that part by part, of create2 as of create, and of what failed the error only', () => {
  const failed = { err: ErrorCode.NONODE, path: '/a', stat };
  const multi = {
    type: OpCode.multi,
    ops: [create(OpCode.create), create(OpCode.create2), create(OpCode.create2)],
  } as const;
  const result = writeResult(multi as never, { err: ErrorCode.OK, results: [done, done, failed] });
  expect(result.results).toEqual([
    { err: ErrorCode.OK, path: '/a' },
    { err: ErrorCode.OK, path: '/a' },
    { err: ErrorCode.NONODE },
  ]);
  expect(writeResult(create(OpCode.create2), failed)).toEqual({ err: ErrorCode.NONODE });
});
