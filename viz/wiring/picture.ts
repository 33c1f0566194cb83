/** The picture in sight: cluster, space-time, logs or tree, what is said below it and what can be broken in it. */
import { effect } from '@preact/signals-core';
import { html, nothing, render } from 'lit-html';
import { nowAndThen, onceAFrame, part, show } from '../page/elements.ts';
import { type Lab, PICTURES } from '../page/lab.ts';
import { actBar } from '../views/act-bar.ts';
import { draw as drawCluster } from '../views/cluster.ts';
import { FAMILY_NAMES, MESSAGES } from '../views/glyphs.ts';
import { tree } from '../views/tree.ts';
import { wireLogs } from './logs.ts';
import { wireSpaceTime } from './space-time.ts';
import { tabs } from './tabs.ts';

/** Mark of the moment at which there was a run to see. */
const FIRST_VIEW = 'zab-lab first view';

/** @returns draws the picture again, in the size that its place has now */
export function wirePicture(lab: Lab): () => void {
  const cluster = part<SVGSVGElement>('cluster');
  const caption = part('caption');
  const size = { width: 600, height: 500 };
  const draw = onceAFrame(() => {
    const frame = lab.frame.peek();
    if (frame === null) return;
    switch (lab.picture.peek()) {
      case 'cluster': {
        const [time, selected] = [lab.time.peek(), lab.selected.peek()];
        drawCluster(cluster, { frame, time, selected, ...size }, (picked) => {
          lab.selected.value = picked;
          lab.panel.value = 'inspect';
        });
        if (performance.getEntriesByName(FIRST_VIEW).length === 0) performance.mark(FIRST_VIEW);
        return;
      }
      case 'time':
        drawSpaceTime(frame.event, size);
        return;
      case 'logs':
        drawLogs(size);
        return;
      case 'tree':
        // Text, not a drawing: it renders itself.
        return;
    }
  });
  const drawSpaceTime = wireSpaceTime(lab, draw);
  const drawLogs = wireLogs(lab, draw);
  effect(() => {
    void [lab.frame.value, lab.time.value, lab.selected.value, lab.picture.value];
    draw();
  });
  effect(() => {
    const picture = lab.picture.value;
    cluster.toggleAttribute('hidden', picture !== 'cluster');
    part('legend').hidden = picture !== 'cluster';
    part('time-view').hidden = picture !== 'time';
    part('logs-view').hidden = picture !== 'logs';
    part('tree-view').hidden = picture !== 'tree';
    part('picture').setAttribute('aria-labelledby', `tab-${picture}`);
  });
  show(part('picture-tabs'), () =>
    tabs(PICTURES, lab.picture.value, 'picture', (picture) => {
      lab.picture.value = picture;
    }),
  );
  wireTree(lab);
  effect(() => {
    const frame = lab.frame.value;
    const text = frame?.told?.text ?? (frame?.event === 0 ? 'Press play, step, or break something.' : '');
    // To set it is to lay it out again, and to have it read out.
    if (caption.textContent !== text) caption.textContent = text;
  });
  effect(() => {
    const frame = lab.settled.value;
    if (frame === null) return;
    const bar = actBar(
      { frame, selected: lab.selected.value },
      (act) => lab.act(act),
      (selected) => {
        lab.selected.value = selected;
      },
    );
    render(bar, part('act-bar'));
  });
  wireLegend();
  return () => {
    const { width, height } = part('picture').getBoundingClientRect();
    size.width = Math.max(200, width);
    size.height = Math.max(200, height);
    draw();
  };
}

function wireTree(lab: Lab): void {
  const ask = nowAndThen(() => lab.ask({ kind: 'tree', ...lab.treeChoice.peek() }), 200);
  effect(() => {
    void [lab.frame.value, lab.treeChoice.value];
    if (lab.picture.value === 'tree') ask();
  });
  show(part('tree-view'), () => {
    if (lab.picture.value !== 'tree') return nothing;
    const frame = lab.settled.value;
    if (frame === null) return nothing;
    return tree(frame, lab.treeChoice.value, lab.tree.value, (choice) => {
      lab.treeChoice.value = choice;
    });
  });
}

function wireLegend(): void {
  const families = Object.entries(FAMILY_NAMES) as [keyof typeof MESSAGES, string][];
  render(
    families.map(
      ([family, name]) =>
        html`<li><svg class="glyph ${family}" viewBox="-9 -9 18 18" width="16" height="16" aria-hidden="true"><path d=${MESSAGES[family]}></path></svg>${name}</li>`,
    ),
    part('legend'),
  );
}
