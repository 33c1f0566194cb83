import { OpCode } from '../../../protocol/txn.ts';

/** `create2`; a number that nobody knows stays a number. */
export function opName(type: number): string {
  for (const [name, code] of Object.entries(OpCode)) if (code === type) return name;
  return String(type);
}
