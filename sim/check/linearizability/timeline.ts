/** The calls and returns of a partition in order of time, and where the search keeps its bits for each operation. */
import { NEVER, type Operation } from './operation.ts';

/** What an operation is to the search. */
export const Role = {
  /** Answered; may change the state. */
  WRITE: 0,
  /** Answered; changes no state. */
  READ: 1,
  /** Never answered: may take effect or not. */
  PENDING: 2,
} as const;
export type Role = (typeof Role)[keyof typeof Role];

const WORD = 32;

/**
 * Built once per partition. Events are numbered from 0; of events at the same time calls come first, so operations that
 * touch are concurrent. Reads that were never answered say nothing and are left out.
 */
export class Timeline<I, O> {
  /** In order of their calls. */
  readonly operations: readonly Operation<I, O>[];
  readonly roles: Uint8Array;
  /** By event: the operation called (its index) or returning (its index, inverted by `~`). */
  readonly events: Int32Array;
  /** By operation: its events; a pending one returns behind the last event. */
  readonly callEvent: Int32Array;
  readonly returnEvent: Int32Array;
  /** By operation: its bit. Answered operations share bits with those that are not open at the same time. */
  readonly slot: Int32Array;
  /** 32-bit words of a set of slots. */
  readonly words: number;
  /** Which bits belong to which role, by word. */
  readonly writeMask: Int32Array;
  readonly readMask: Int32Array;
  readonly pendingMask: Int32Array;
  /** Of writes and pending operations: a number shared by those that nothing but time tells apart. */
  readonly twins: Int32Array;
  /** Pending operations in order of their calls. */
  readonly pending: Int32Array;
  /** By place in {@link pending}: the place of its twin before it, or −1. */
  readonly pendingTwin: Int32Array;
  /** By event: how many operations are called before it, how many of them pending, and the first that is still open. */
  private readonly called: Int32Array;
  private readonly pendingCalled: Int32Array;
  private readonly firstOpen: Int32Array;
  /** Filled when asked for. */
  private readonly writesOpen: (Int32Array | undefined)[] = [];
  private readonly readsOpen: (Int32Array | undefined)[] = [];

  constructor(
    all: readonly Operation<I, O>[],
    isRead: (input: I, output: O | undefined) => boolean = () => false,
  ) {
    const kept = all.filter(({ return: end, input, output }) => end !== NEVER || !isRead(input, output));
    this.operations = inOrder(kept);
    const { operations } = this;
    const n = operations.length;
    this.roles = new Uint8Array(n);
    this.callEvent = new Int32Array(n);
    this.returnEvent = new Int32Array(n);
    this.slot = new Int32Array(n);
    this.twins = new Int32Array(n).fill(-1);
    const returns: number[] = [];
    const pending: number[] = [];
    const numbers = new Map<string, number>();
    for (let i = 0; i < n; i++) {
      const { return: end, input, output } = operations[i]!;
      if (end !== NEVER) returns.push(i);
      else pending.push(i);
      this.roles[i] = end === NEVER ? Role.PENDING : isRead(input, output) ? Role.READ : Role.WRITE;
      if (this.roles[i] === Role.READ) continue;
      const key = JSON.stringify([this.roles[i], input, output]);
      let number = numbers.get(key);
      if (number === undefined) {
        number = numbers.size;
        numbers.set(key, number);
      }
      this.twins[i] = number;
    }
    returns.sort((a, b) => operations[a]!.return - operations[b]!.return || a - b);
    this.pending = Int32Array.from(pending);
    this.pendingTwin = new Int32Array(pending.length);
    const last = new Map<number, number>();
    for (let p = 0; p < pending.length; p++) {
      const twin = this.twins[pending[p]!]!;
      this.pendingTwin[p] = last.get(twin) ?? -1;
      last.set(twin, p);
    }
    const count = n + returns.length;
    this.events = new Int32Array(count);
    this.called = new Int32Array(count + 1);
    this.pendingCalled = new Int32Array(count + 1);
    this.firstOpen = new Int32Array(count + 1);
    this.returnEvent.fill(count);
    const pools: [Pool, Pool] = [new Pool(), new Pool()];
    let nextCall = 0;
    let nextReturn = 0;
    let pendings = 0;
    let open = 0;
    for (let event = 0; event < count; event++) {
      while (open < nextCall && this.isOver(open, event)) open++;
      this.firstOpen[event] = open;
      this.called[event] = nextCall;
      this.pendingCalled[event] = pendings;
      const back = returns[nextReturn];
      if (nextCall < n && (back === undefined || operations[nextCall]!.call <= operations[back]!.return)) {
        this.events[event] = nextCall;
        this.callEvent[nextCall] = event;
        const role = this.roles[nextCall]!;
        this.slot[nextCall] = role === Role.PENDING ? pendings++ : pools[role]!.take();
        nextCall++;
      } else {
        this.events[event] = ~back!;
        this.returnEvent[back!] = event;
        pools[this.roles[back!]!]!.give(this.slot[back!]!);
        nextReturn++;
      }
    }
    this.called[count] = n;
    this.pendingCalled[count] = pendings;
    this.firstOpen[count] = n;
    const writes = pools[0].size;
    const reads = pools[1].size;
    for (let i = 0; i < n; i++) {
      if (this.roles[i] === Role.READ) this.slot[i]! += writes;
      else if (this.roles[i] === Role.PENDING) this.slot[i]! += writes + reads;
    }
    this.words = Math.max(1, Math.ceil((writes + reads + pendings) / WORD));
    this.writeMask = bits(this.words, 0, writes);
    this.readMask = bits(this.words, writes, writes + reads);
    this.pendingMask = bits(this.words, writes + reads, writes + reads + pendings);
  }

  /** Writes open at a return, in the order of their returns: the first is the one that returns there. */
  writesAt(event: number): Int32Array {
    this.writesOpen[event] ??= this.openAt(event, Role.WRITE);
    return this.writesOpen[event];
  }

  /** Reads open at an event, in the order of their returns. */
  readsAt(event: number): Int32Array {
    this.readsOpen[event] ??= this.openAt(event, Role.READ);
    return this.readsOpen[event];
  }

  /** How many of {@link pending} are called before an event. */
  pendingAt(event: number): number {
    return this.pendingCalled[event]!;
  }

  private openAt(event: number, role: Role): Int32Array {
    const found: number[] = [];
    for (let i = this.firstOpen[event]!; i < this.called[event]!; i++) {
      if (this.roles[i] === role && this.returnEvent[i]! >= event) found.push(i);
    }
    return Int32Array.from(found.sort((a, b) => this.returnEvent[a]! - this.returnEvent[b]!));
  }

  private isOver(i: number, event: number): boolean {
    return this.roles[i] === Role.PENDING || this.returnEvent[i]! < event;
  }
}

/** By call; a history is mostly in order already. */
function inOrder<I, O>(operations: readonly Operation<I, O>[]): readonly Operation<I, O>[] {
  for (let i = 1; i < operations.length; i++) {
    if (operations[i - 1]!.call > operations[i]!.call) return [...operations].sort((a, b) => a.call - b.call);
  }
  return operations;
}

function bits(words: number, from: number, to: number): Int32Array {
  const mask = new Int32Array(words);
  for (let bit = from; bit < to; bit++) mask[bit >> 5]! |= 1 << (bit & 31);
  return mask;
}

/** Numbers from 0, the last given back first. */
class Pool {
  size = 0;
  private readonly free: number[] = [];

  take(): number {
    return this.free.pop() ?? this.size++;
  }

  give(number: number): void {
    this.free.push(number);
  }
}
