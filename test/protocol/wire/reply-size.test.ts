import fc from 'fast-check';
import { expect, it } from 'vitest';
import { OpCode } from '../../../protocol/txn.ts';
import { askedOf, writeReply, writeWatchEvent } from '../../../protocol/wire/client-reply.ts';
import { JuteWriter } from '../../../protocol/wire/jute.ts';
import { replySize, watchEventSize } from '../../../protocol/wire/reply-size.ts';
import { clientOp, int, resultOf, text } from './arbitraries.ts';

it('WIRE-22 the size of a reply is told without writing it', () => {
  const exchange = clientOp.chain((op) => fc.tuple(fc.constant(op), resultOf(op), int));
  fc.assert(
    fc.property(exchange, ([op, result, cxid]) => {
      const writer = new JuteWriter();
      writeReply(writer, { kind: 'reply', cxid, zxid: 1, result }, askedOf(op));
      expect(replySize(op.type, result, op.type === OpCode.multi ? op.ops : [])).toBe(writer.length);
    }),
    { numRuns: 500 },
  );
});

it('WIRE-24 and that of a watch event', () => {
  fc.assert(
    fc.property(text, (path) => {
      const writer = new JuteWriter();
      writeWatchEvent(writer, { kind: 'watchEvent', zxid: 1, type: 1, path });
      expect(watchEventSize(path)).toBe(writer.length);
    }),
  );
});
