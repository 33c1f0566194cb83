import { nameOf } from '../../../protocol/tree/path.ts';
import { OpCode } from '../../../protocol/txn.ts';
import type { Zxid } from '../../../protocol/zxid.ts';
import type { MonitorContext } from '../../monitor.ts';
import type { SimEvent, SimEventKind } from '../../world-event.ts';
import { type Property, PropertyMonitor } from '../property-monitor.ts';

/** A late client may pass a barrier it has not heard of; whoever waited passes after it was lifted. */
export const recipeBarrier: Property = {
  id: 'RECIPE-BARRIER',
  title: 'Barriers let nobody through early',
  statement:
    'who waited at a barrier passes only after its removal; a double barrier is entered only by as many as were to meet, after all of them arrived, and left only when each of them is leaving or its session is closed',
};

/** One meeting at a double barrier; members by the names of their nodes. */
class Meeting {
  readonly arrived = new Set<string>();
  readonly withdrawn = new Set<string>();
  readonly entered = new Set<string>();
  readonly leaving = new Set<string>();
  someoneLeft = false;
}

/** Checks {@link recipeBarrier}. Work per event is constant, but proportional to the members when one leaves. */
export class RecipeBarrier extends PropertyMonitor {
  readonly kinds: readonly SimEventKind[] = ['proposed', 'told'];
  /** Paths of barriers that somebody lifts, with the zxid of the last proposal to delete them. */
  private readonly lifted = new Map<string, Zxid>();
  private readonly meetings = new Map<string, Meeting>();
  /** Members whose nodes went with their sessions. */
  private readonly gone = new Set<string>();

  constructor(ctx: MonitorContext) {
    super(ctx, recipeBarrier);
  }

  onProbe(event: SimEvent): void {
    if (event.kind === 'proposed') {
      const { txn } = event.record;
      if (txn.type === OpCode.delete) {
        if (this.lifted.has(txn.path)) this.lifted.set(txn.path, event.zxid);
      } else if (txn.type === OpCode.closeSession) {
        for (const path of txn.paths) if (path.endsWith('-member')) this.gone.add(nameOf(path));
      }
    } else if (event.kind === 'told') {
      if (event.recipe === 'barrier') this.barrier(event.client, event.action, event.path, event.token);
      else if (event.recipe === 'doubleBarrier')
        this.meet(event.action, event.path, event.token, event.holder);
    }
  }

  private barrier(client: number, action: string, path: string, czxid: Zxid): void {
    if (action === 'lifted') {
      if (!this.lifted.has(path)) this.lifted.set(path, 0);
    } else if (action === 'passed' && czxid !== 0) {
      this.tested = true;
      if ((this.lifted.get(path) ?? 0) <= czxid) {
        this.report(`client ${client} passed the barrier ${path} of zxid ${czxid}, which nobody had removed`);
      }
    }
  }

  private meet(action: string, barrier: string, count: number, member: string): void {
    let meeting = this.meetings.get(barrier);
    if (meeting === undefined) {
      meeting = new Meeting();
      this.meetings.set(barrier, meeting);
    }
    if (action === 'arrived') meeting.arrived.add(member);
    else if (action === 'withdrew' || action === 'missed') meeting.withdrawn.add(member);
    else if (action === 'leaving') meeting.leaving.add(member);
    else if (action === 'entered') this.entered(meeting, barrier, count, member);
    else if (action === 'left') this.left(meeting, barrier, member);
  }

  private entered(meeting: Meeting, barrier: string, count: number, member: string): void {
    this.tested = true;
    meeting.entered.add(member);
    const here = meeting.arrived.size - meeting.withdrawn.size;
    if (here < count) this.report(`${member} entered ${barrier} with ${here} of ${count} members there`);
    if (meeting.entered.size > count) {
      this.report(`${meeting.entered.size} members entered ${barrier}, which is for ${count}`);
    }
    if (meeting.someoneLeft && !this.gone.has(member)) {
      this.report(`${member} entered ${barrier} after another had left it`);
    }
  }

  private left(meeting: Meeting, barrier: string, member: string): void {
    meeting.someoneLeft = true;
    for (const other of meeting.entered) {
      if (other === member || meeting.leaving.has(other) || this.gone.has(other)) continue;
      this.report(`${member} left ${barrier} while ${other} was still in it`);
    }
  }
}
