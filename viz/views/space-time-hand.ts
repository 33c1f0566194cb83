/** What pointer, wheel, fingers and keys do in the space-time diagram. */
import type { StretchEvent } from '../model/stretch.ts';
import { across, eventAt, neighbour, type Plan } from './space-time-plan.ts';

export interface HandActions {
  /** Null: nothing is drawn yet. */
  readonly plan: () => Plan | null;
  readonly events: () => readonly StretchEvent[];
  /** The event that is picked out; 0: none. */
  readonly hovered: () => number;
  readonly hover: (event: number) => void;
  readonly seek: (event: number) => void;
  /** Machine whose name was pressed. */
  readonly pick: (machine: number) => void;
  /** By a share of the window's width; positive: later. */
  readonly pan: (share: number) => void;
  /** Below 1: closer. `at`: the share of the window that stays where it is. */
  readonly zoom: (factor: number, at: number) => void;
}

/** A pointer that moves less than this far, px, presses and does not drag. */
const STILL = 4;

/** Listens to an `svg` for as long as it lives. */
export function hold(svg: SVGSVGElement, actions: HandActions): void {
  const pointers = new Map<number, { x: number; y: number }>();
  let dragged = false;
  let start = { x: 0, y: 0 };

  const placeOf = ({ clientX, clientY }: MouseEvent): { x: number; y: number } => {
    const { left, top } = svg.getBoundingClientRect();
    return { x: clientX - left, y: clientY - top };
  };
  const shareOf = (x: number): number => {
    const plan = actions.plan();
    return plan === null ? 0.5 : Math.min(1, Math.max(0, (x - plan.left) / (plan.right - plan.left)));
  };
  const inner = (): number => {
    const plan = actions.plan();
    return plan === null ? 1 : plan.right - plan.left;
  };

  svg.addEventListener('pointerdown', (event) => {
    if (event.button !== 0) return;
    pointers.set(event.pointerId, placeOf(event));
    start = placeOf(event);
    dragged = pointers.size > 1;
  });
  svg.addEventListener('pointermove', (event) => {
    const plan = actions.plan();
    if (plan === null) return;
    const to = placeOf(event);
    const from = pointers.get(event.pointerId);
    if (from === undefined) {
      if (event.pointerType !== 'touch') actions.hover(eventAt(plan, to.x, to.y));
      return;
    }
    if (!dragged && Math.hypot(to.x - start.x, to.y - start.y) < STILL) return;
    if (!dragged) svg.setPointerCapture?.(event.pointerId);
    dragged = true;
    actions.hover(0);
    if (pointers.size === 2) {
      const other = [...pointers].find(([id]) => id !== event.pointerId)![1];
      const [before, after] = [Math.abs(from.x - other.x), Math.abs(to.x - other.x)];
      actions.pan((from.x - to.x) / 2 / inner());
      if (before > 8 && after > 8) actions.zoom(before / after, shareOf((to.x + other.x) / 2));
    } else actions.pan((from.x - to.x) / inner());
    pointers.set(event.pointerId, to);
  });
  const release = (event: PointerEvent): void => {
    pointers.delete(event.pointerId);
  };
  svg.addEventListener('pointerup', release);
  svg.addEventListener('pointercancel', release);
  svg.addEventListener('pointerleave', () => actions.hover(0));
  svg.addEventListener('click', (event) => {
    const plan = actions.plan();
    if (plan === null || dragged) return;
    const { x, y } = placeOf(event);
    const lane = plan.lanes.find((one) => x < plan.left - 4 && Math.abs(one.y - y) < 12);
    if (lane !== undefined) {
      actions.pick(lane.machine);
      return;
    }
    const found = eventAt(plan, x, y, 14);
    if (found > 0) actions.seek(found);
  });
  svg.addEventListener(
    'wheel',
    (event) => {
      event.preventDefault();
      // Lines and pages, as some mice count, in px.
      const unit = event.deltaMode === 0 ? 1 : event.deltaMode === 1 ? 16 : 400;
      const [dx, dy] = event.shiftKey ? [event.deltaX + event.deltaY, 0] : [event.deltaX, event.deltaY];
      if (Math.abs(dx) > Math.abs(dy)) actions.pan((dx * unit) / inner());
      else actions.zoom(2 ** ((dy * unit) / (event.ctrlKey ? 60 : 240)), shareOf(placeOf(event).x));
    },
    { passive: false },
  );
  svg.addEventListener('keydown', (event) => {
    if (press(event, actions)) {
      event.preventDefault();
      // What the rest of the page does with these keys is for when the diagram is not in focus.
      event.stopPropagation();
    }
  });
  svg.addEventListener('blur', () => actions.hover(0));
}

/** The event to begin with: the last one in sight that is not after the run's place, or any. */
function beginning(plan: Plan, events: readonly StretchEvent[]): number {
  const now = plan.dots.filter(({ x }) => x <= (plan.left + plan.right) / 2).at(-1) ?? plan.dots[0];
  return now?.event ?? events[0]?.event ?? 0;
}

function press({ key, shiftKey, ctrlKey, altKey, metaKey }: KeyboardEvent, actions: HandActions): boolean {
  const plan = actions.plan();
  if (plan === null || ctrlKey || altKey || metaKey) return false;
  const side =
    key === 'ArrowRight' || key === 'PageDown' ? 1 : key === 'ArrowLeft' || key === 'PageUp' ? -1 : 0;
  if (side !== 0 && (shiftKey || key.startsWith('Page'))) {
    actions.pan(side * (key.startsWith('Page') ? 0.9 : 0.2));
    return true;
  }
  const hovered = actions.hovered();
  const upDown = key === 'ArrowDown' ? 1 : key === 'ArrowUp' ? -1 : 0;
  if (side !== 0 || upDown !== 0) {
    let next: number | null;
    if (hovered === 0) next = beginning(plan, actions.events());
    else if (side !== 0) next = neighbour(plan, actions.events(), hovered, side);
    else next = across(plan, hovered, upDown as -1 | 1);
    if (next === null) return true;
    actions.hover(next);
    // The picked event stays in sight.
    const x = plan.x(next);
    if (x < plan.left || x > plan.right)
      actions.pan((x - (plan.left + plan.right) / 2) / (plan.right - plan.left));
    return true;
  }
  if (key === 'Enter' && hovered > 0) {
    actions.seek(hovered);
    return true;
  }
  if (key === 'Escape' && hovered > 0) {
    actions.hover(0);
    return true;
  }
  return false;
}
