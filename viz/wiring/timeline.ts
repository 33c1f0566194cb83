/** The timeline: marks of the whole run, the slider over it, and the buttons that play it. */
import { effect } from '@preact/signals-core';
import { onceAFrame, part, show } from '../page/elements.ts';
import type { Lab } from '../page/lab.ts';
import { drawHere, draw as drawTimeline, INSET, type TimelineScene } from '../views/timeline.ts';
import { transport } from '../views/transport.ts';

/** @returns draws it again in the width that its place has now */
export function wireTimeline(lab: Lab): () => void {
  const marks = part<SVGSVGElement>('marks');
  const scrub = part<HTMLInputElement>('scrub');
  let width = 600;
  const sceneNow = (): TimelineScene => {
    const parts = lab.opened.peek()?.lines.flatMap((line) => line.parts ?? []) ?? [];
    return {
      width,
      axis: lab.axis.peek(),
      marks: lab.marks.peek(),
      commits: lab.commits.peek(),
      edits: lab.line.peek()?.edits ?? [],
      parts: parts.length === 0 ? null : Math.min(...parts),
    };
  };
  const draw = onceAFrame(() => {
    const scene = sceneNow();
    drawTimeline(marks, scene, (event) => lab.visit(event));
    drawHere(marks, scene, lab.frame.peek()?.event ?? 0);
  });
  effect(() => {
    void [lab.marks.value, lab.commits.value, lab.tape.value, lab.opened.value];
    draw();
  });
  effect(() => {
    const axis = lab.axis.value;
    const event = lab.frame.value?.event ?? 0;
    // Whoever holds the slider knows better where it is.
    if (!lab.waiting && !lab.scrubbing) scrub.value = String(axis.position(event));
    scrub.setAttribute('aria-valuetext', `event ${event}, ${(lab.frame.value?.time ?? 0).toFixed(3)} ms`);
    drawHere(marks, { width, axis }, event);
  });
  scrub.addEventListener('input', () => {
    const axis = lab.axis.peek();
    const position = Number(scrub.value);
    const event = axis.eventAt(position);
    // Events that are less than a pixel apart cannot be told apart on the line.
    const pixel = 1 / Math.max(1, width - 2 * INSET);
    lab.scrub(
      event,
      Math.max(axis.eventAt(position + pixel) - event, event - axis.eventAt(position - pixel)),
    );
  });
  scrub.addEventListener('change', () => lab.arrive());
  show(part('transport'), () => transport(lab));
  return () => {
    width = Math.max(200, part('track').getBoundingClientRect().width);
    draw();
  };
}
