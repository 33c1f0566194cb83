/** The space-time view: which stretch of the run it shows, asked for as one moves, and what stands above and below it. */
import { effect } from '@preact/signals-core';
import { nowAndThen, part, show } from '../page/elements.ts';
import type { Lab } from '../page/lab.ts';
import { draw, toldOf } from '../views/space-time.ts';
import { spaceTimeBar } from '../views/space-time-bar.ts';
import { hold } from '../views/space-time-hand.ts';
import type { Plan } from '../views/space-time-plan.ts';

const HINT = 'Drag or wheel to move, hover or arrow keys for causes and effects, click or Enter to go there.';

/**
 * @param redraw draws the picture in sight again
 * @returns draws the space-time view with an event as where one stands
 */
export function wireSpaceTime(
  lab: Lab,
  redraw: () => void,
): (event: number, size: { readonly width: number; readonly height: number }) => void {
  const svg = part<SVGSVGElement>('space-time');
  const [bar, told] = [part('time-bar'), part('time-told')];
  const { timeView } = lab;
  let plan: Plan | null = null;
  const pan = (share: number): void => timeView.pan(share, lab.tape.peek());
  hold(svg, {
    plan: () => plan,
    events: () => lab.stretch.peek()?.events ?? [],
    hovered: () => timeView.hovered.peek(),
    hover: (event) => {
      timeView.hovered.value = event;
    },
    seek: (event) => lab.visit(event),
    pick: (id) => {
      lab.selected.value = { kind: id > 1000 ? 'client' : 'server', id };
      lab.panel.value = 'inspect';
    },
    pan,
    zoom: (factor, at) => timeView.zoom(factor, at),
  });
  effect(() => {
    const frame = lab.frame.value;
    if (frame !== null && lab.picture.value === 'time') timeView.follow(frame.event, frame.time);
  });
  const ask = nowAndThen(() => {
    const wish = timeView.missing(lab.stretch.peek(), lab.tape.peek());
    if (wish !== null) lab.ask(wish);
  }, 200);
  effect(() => {
    const missing = timeView.missing(lab.stretch.value, lab.tape.value);
    if (lab.picture.value === 'time' && missing !== null) ask();
  });
  effect(() => {
    const { window, hidden, collapsed, hovered } = timeView;
    void [lab.stretch.value, window.value, hidden.value, collapsed.value, hovered.value];
    redraw();
  });
  show(told, () => {
    const [stretch, hovered] = [lab.stretch.value, timeView.hovered.value];
    return stretch !== null && hovered > 0 ? toldOf({ stretch }, hovered) : HINT;
  });
  show(bar, () =>
    spaceTimeBar(
      {
        window: timeView.window.value,
        machines: lab.stretch.value?.machines ?? [],
        hidden: timeView.hidden.value,
        collapsed: timeView.collapsed.value,
      },
      {
        zoom: (factor) => timeView.zoomHere(factor, lab.frame.peek()),
        pan,
        here: () => {
          const frame = lab.frame.peek();
          if (frame !== null) timeView.center(frame.event, frame.time);
        },
        axis: (by) => timeView.turn(by, lab.stretch.peek()),
        lane: (machine) => timeView.toggleLane(machine),
        allLanes: () => {
          timeView.hidden.value = new Set();
        },
        family: (family) => timeView.toggleFamily(family),
      },
    ),
  );
  return (event, { width, height }) => {
    const stretch = lab.stretch.peek();
    if (stretch === null) return;
    plan = draw(svg, {
      stretch,
      event,
      width,
      height: Math.max(120, height - bar.offsetHeight - told.offsetHeight),
      window: timeView.window.peek(),
      hidden: timeView.hidden.peek(),
      collapsed: timeView.collapsed.peek(),
      hovered: timeView.hovered.peek(),
    });
  };
}
