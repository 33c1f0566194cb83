/** The lab's page: wires worker, state and views. */
import { effect } from '@preact/signals-core';
import { html, nothing, render, type TemplateResult } from 'lit-html';
import type { Reply, Request } from './model/messages.ts';
import { rasterized, saveAs, standalone } from './page/export.ts';
import { KEYS, onKey, PANELS } from './page/keys.ts';
import { Lab, PAGE, type Panel, type Picture } from './page/lab.ts';
import { Player } from './page/player.ts';
import { nextTheme, restoreTheme } from './page/theme.ts';
import { actBar } from './views/act-bar.ts';
import { draw as drawCluster } from './views/cluster.ts';
import { keysDialog, shareDialog } from './views/dialogs.ts';
import { eventLog, ROW_HEIGHT, rowAt } from './views/event-log.ts';
import { FAMILY_NAMES, MESSAGES } from './views/glyphs.ts';
import { header } from './views/header.ts';
import { draw as drawLogs, LOG_STATES } from './views/logs.ts';
import { editList, inspector, setup, verdicts } from './views/panels.ts';
import { draw as drawSpaceTime, toldOf } from './views/space-time.ts';
import { spaceTimeBar } from './views/space-time-bar.ts';
import { hold } from './views/space-time-hand.ts';
import type { Plan } from './views/space-time-plan.ts';
import { drawHere, draw as drawTimeline, type TimelineScene } from './views/timeline.ts';
import { transport } from './views/transport.ts';
import { tree } from './views/tree.ts';

const part = <E extends Element = HTMLElement>(id: string): E => document.getElementById(id) as unknown as E;

const worker = new Worker(new URL('./model/worker.ts', import.meta.url), { type: 'module' });
const lab = new Lab((request: Request) => worker.postMessage(request));
worker.onmessage = ({ data }: MessageEvent<Reply>) => lab.receive(data);
worker.onerror = (event) => {
  lab.notice.value = { text: `The simulator stopped: ${event.message}`, kind: 'problem' };
};

/** Renders a template anew whenever what it reads changes. */
function show(place: HTMLElement, template: () => unknown): void {
  effect(() => {
    render(template(), place);
  });
}

// --- what has a size of its own

const sizes = { width: 600, height: 500, track: 600 };

/** Draws once per frame of the page, however often it is asked to. */
function onceAFrame(go: () => void): () => void {
  let asked = false;
  return () => {
    if (asked) return;
    asked = true;
    requestAnimationFrame(() => {
      asked = false;
      go();
    });
  };
}

// --- pictures

const seek = (event: number): void => {
  lab.playing.value = false;
  lab.seek(event);
};

const cluster = part<SVGSVGElement>('cluster');
const drawPicture = onceAFrame(() => {
  const frame = lab.frame.peek();
  if (frame === null) return;
  if (lab.picture.peek() === 'tree') return;
  if (lab.picture.peek() === 'time') {
    drawTime(frame.event);
    return;
  }
  if (lab.picture.peek() === 'logs') {
    drawLogs(part<SVGSVGElement>('logs'), frame, sizes.width);
    return;
  }
  const scene = {
    frame,
    time: lab.time.peek(),
    selected: lab.selected.peek(),
    width: sizes.width,
    height: sizes.height,
  };
  drawCluster(cluster, scene, (selected) => {
    lab.selected.value = selected;
    lab.panel.value = 'inspect';
  });
});
effect(() => {
  void [lab.frame.value, lab.time.value, lab.selected.value, lab.picture.value];
  drawPicture();
});
effect(() => {
  const picture = lab.picture.value;
  cluster.toggleAttribute('hidden', picture !== 'cluster');
  part('legend').hidden = picture !== 'cluster';
  part('time-view').hidden = picture !== 'time';
  part('logs-view').hidden = picture !== 'logs';
  part('tree-view').hidden = picture !== 'tree';
  part('picture').setAttribute('aria-labelledby', `tab-${lab.picture.value}`);
});

function tabs<T extends string>(
  all: readonly (readonly [T, string])[],
  chosen: T,
  panel: string,
  choose: (one: T) => void,
): TemplateResult {
  return html`${all.map(
    ([id, name]) => html`<button
      type="button"
      role="tab"
      id="tab-${id}"
      aria-selected=${id === chosen ? 'true' : 'false'}
      aria-controls=${panel}
      tabindex=${id === chosen ? '0' : '-1'}
      @click=${() => choose(id)}
      @keydown=${(event: KeyboardEvent) => {
        const by = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0;
        if (by === 0) return;
        const next = all[(all.findIndex(([one]) => one === id) + by + all.length) % all.length]!;
        choose(next[0]);
        part(`tab-${next[0]}`).focus();
      }}
    >${name}</button>`,
  )}`;
}

const PICTURES: readonly (readonly [Picture, string])[] = [
  ['cluster', 'Cluster'],
  ['time', 'Space-time'],
  ['logs', 'Logs'],
  ['tree', 'Tree'],
];
show(part('picture-tabs'), () =>
  tabs(PICTURES, lab.picture.value, 'picture', (picture) => {
    lab.picture.value = picture;
  }),
);
effect(() => {
  const frame = lab.frame.value;
  part('caption').textContent =
    frame?.told?.text ?? (frame?.event === 0 ? 'Press play, step, or break something.' : '');
});
effect(() => {
  const frame = lab.frame.value;
  if (frame === null) return;
  render(
    actBar(
      { frame, selected: lab.selected.value },
      (act) => lab.act(act),
      (selected) => {
        lab.selected.value = selected;
      },
    ),
    part('act-bar'),
  );
});
render(
  Object.entries(FAMILY_NAMES).map(
    ([family, name]) =>
      html`<li><svg class="glyph ${family}" viewBox="-9 -9 18 18" width="16" height="16" aria-hidden="true"><path d=${MESSAGES[family as keyof typeof MESSAGES]}></path></svg>${name}</li>`,
  ),
  part('legend'),
);
render(
  LOG_STATES.map(([state, name]) => html`<li><span class="swatch ${state}"></span>${name}</li>`),
  part('logs-legend'),
);

/** Asks for what takes a while to read, at once where nothing moves, else now and then. */
function asker(go: () => void): () => void {
  let asked = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;
  return () => {
    clearTimeout(timer);
    const wait = lab.playing.peek() ? Math.max(0, asked + 300 - performance.now()) : 30;
    timer = setTimeout(() => {
      asked = performance.now();
      go();
    }, wait);
  };
}
const time = lab.timeView;
const extent = () => lab.tape.peek();
let timePlan: Plan | null = null;
function drawTime(event: number): void {
  const stretch = lab.stretch.peek();
  if (stretch === null) return;
  timePlan = drawSpaceTime(part<SVGSVGElement>('space-time'), {
    stretch,
    event,
    width: sizes.width,
    height: Math.max(120, sizes.height - part('time-bar').offsetHeight - part('time-told').offsetHeight),
    window: time.window.peek(),
    hidden: time.hidden.peek(),
    collapsed: time.collapsed.peek(),
    hovered: time.hovered.peek(),
  });
}
hold(part<SVGSVGElement>('space-time'), {
  plan: () => timePlan,
  events: () => lab.stretch.peek()?.events ?? [],
  hovered: () => time.hovered.peek(),
  hover: (event) => {
    time.hovered.value = event;
  },
  seek,
  pick: (id) => {
    lab.selected.value = { kind: id > 1000 ? 'client' : 'server', id };
    lab.panel.value = 'inspect';
  },
  pan: (share) => time.pan(share, extent()),
  zoom: (factor, at) => time.zoom(factor, at),
});
effect(() => {
  void [lab.stretch.value, time.window.value, time.hidden.value, time.collapsed.value, time.hovered.value];
  drawPicture();
});
const askStretch = asker(() => {
  const wish = time.missing(lab.stretch.peek(), extent());
  if (wish !== null) lab.ask(wish);
});
effect(() => {
  const frame = lab.frame.value;
  if (frame !== null && lab.picture.value === 'time') time.follow(frame.event, frame.time);
});
effect(() => {
  const missing = time.missing(lab.stretch.value, lab.tape.value);
  if (lab.picture.value === 'time' && missing !== null) askStretch();
});
show(part('time-told'), () => {
  const [stretch, hovered] = [lab.stretch.value, time.hovered.value];
  return stretch !== null && hovered > 0
    ? toldOf({ stretch }, hovered)
    : 'Drag or wheel to move, hover or arrow keys for causes and effects, click or Enter to go there.';
});
show(part('time-bar'), () =>
  spaceTimeBar(
    {
      window: time.window.value,
      machines: lab.stretch.value?.machines ?? [],
      hidden: time.hidden.value,
      collapsed: time.collapsed.value,
    },
    {
      zoom: (factor) => time.zoomHere(factor, lab.frame.peek()),
      pan: (share) => time.pan(share, extent()),
      here: () => {
        const frame = lab.frame.peek();
        if (frame !== null) time.center(frame.event, frame.time);
      },
      axis: (by) => time.turn(by, lab.stretch.peek()),
      lane: (machine) => time.toggleLane(machine),
      allLanes: () => {
        time.hidden.value = new Set();
      },
      family: (family) => time.toggleFamily(family),
    },
  ),
);
const askTree = asker(() => lab.ask({ kind: 'tree', ...lab.treeChoice.peek() }));
effect(() => {
  void [lab.frame.value, lab.treeChoice.value];
  if (lab.picture.value === 'tree') askTree();
});
show(part('tree-view'), () => {
  const frame = lab.frame.value;
  if (frame === null || lab.picture.value !== 'tree') return nothing;
  return tree(frame, lab.treeChoice.value, lab.tree.value, (choice) => {
    lab.treeChoice.value = choice;
  });
});

// --- event log

const log = part('log');
const drawLog = onceAFrame(() => {
  const everything = lab.everything.peek();
  const event = lab.frame.peek()?.event ?? 0;
  const rows = lab.rows.peek();
  const total = everything ? lab.tape.peek().length : rows.length;
  const current = everything ? event - 1 : rowAt(rows, event);
  render(
    eventLog(
      {
        total,
        current,
        top: log.scrollTop,
        height: log.clientHeight,
        row: everything
          ? (index) => lab.page(Math.floor(index / PAGE))?.[index % PAGE] ?? null
          : (index) => rows[index] ?? null,
      },
      (to) => {
        lab.playing.value = false;
        lab.seek(to);
      },
    ),
    log,
  );
  if (document.getElementById(`row-${current}`) === null) log.removeAttribute('aria-activedescendant');
  else log.setAttribute('aria-activedescendant', `row-${current}`);
});
let followed = '';
effect(() => {
  void [lab.rows.value, lab.pages.value, lab.tape.value];
  const everything = lab.everything.value;
  const event = lab.frame.value?.event ?? 0;
  const current = everything ? event - 1 : rowAt(lab.rows.value, event);
  // First the list gets as long as it is going to be, then it is scrolled.
  drawLog();
  const place = `${everything} ${current}`;
  if (place === followed) return;
  followed = place;
  requestAnimationFrame(() => {
    const top = current * ROW_HEIGHT;
    if (top >= log.scrollTop + ROW_HEIGHT && top <= log.scrollTop + log.clientHeight - 2 * ROW_HEIGHT) return;
    log.scrollTop = Math.max(0, top - log.clientHeight / 2);
  });
});
log.addEventListener('scroll', drawLog, { passive: true });
log.addEventListener('keydown', (event) => {
  const by = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
  if (by === 0) return;
  event.preventDefault();
  if (lab.everything.peek()) lab.step(by);
  else {
    const rows = lab.rows.peek();
    const here = lab.frame.peek()?.event ?? 0;
    const row = by > 0 ? rows.find((one) => one.event > here) : rows.findLast((one) => one.event < here);
    if (row !== undefined) lab.step(row.event - here);
  }
});
show(
  part('log-head'),
  () => html`<h2>Events</h2>
      <button type="button" class="small" aria-pressed=${lab.everything.value ? 'true' : 'false'} title="a toggles" @click=${() => {
        lab.everything.value = !lab.everything.peek();
      }}>${lab.everything.value ? 'all events' : 'the story'}</button>`,
);

// --- panels

show(part('panel-tabs'), () =>
  tabs<Panel>(PANELS, lab.panel.value, 'panel', (panel) => {
    lab.panel.value = panel;
  }),
);
const askInspection = asker(() => {
  const selected = lab.selected.peek();
  if (selected?.kind === 'server' || selected?.kind === 'client')
    lab.ask({ kind: 'inspect', machine: { kind: selected.kind, id: selected.id } });
});
effect(() => {
  void [lab.frame.value, lab.selected.value];
  if (lab.panel.value === 'inspect') askInspection();
});
effect(() => {
  const opened = lab.opened.value;
  const catalog = lab.catalog.value;
  if (opened === null || catalog === null) return;
  const panel = lab.panel.value;
  part('panel').setAttribute('aria-labelledby', `tab-${panel}`);
  // Of the panels only the first two change with every event.
  const content = (): unknown => {
    switch (panel) {
      case 'inspect': {
        const frame = lab.frame.value;
        return frame === null ? nothing : inspector(frame, lab.selected.value, lab.inspection.value, seek);
      }
      case 'verdicts': {
        const frame = lab.frame.value;
        return frame === null ? nothing : verdicts(frame, catalog.properties, seek);
      }
      case 'edits':
        return editList(opened, {
          undo: () => lab.ask({ kind: 'undo' }),
          redo: () => lab.ask({ kind: 'redo' }),
          remove: (index) => lab.ask({ kind: 'removeEdit', index }),
          choose: (line) => lab.ask({ kind: 'choose', line }),
          seek,
        });
      case 'setup':
        return setup(opened, catalog, (wish) => lab.ask({ kind: 'setup', setup: wish }));
    }
  };
  render(html`<div class="in-${panel}">${content()}</div>`, part('panel'));
});

// --- timeline

const marks = part<SVGSVGElement>('marks');
const scrub = part<HTMLInputElement>('scrub');
const timelineScene = (): TimelineScene => {
  const opened = lab.opened.peek();
  const parts = opened?.lines.map((line) => line.parts).filter((event) => event !== null) ?? [];
  return {
    width: sizes.track,
    axis: lab.axis.peek(),
    marks: lab.marks.peek(),
    commits: lab.commits.peek(),
    edits: lab.line.peek()?.edits ?? [],
    parts: parts.length === 0 ? null : Math.min(...parts),
  };
};
const drawMarks = onceAFrame(() => {
  const scene = timelineScene();
  drawTimeline(marks, scene, seek);
  drawHere(marks, scene, lab.frame.peek()?.event ?? 0);
});
effect(() => {
  void [lab.marks.value, lab.commits.value, lab.tape.value, lab.opened.value];
  drawMarks();
});
effect(() => {
  const axis = lab.axis.value;
  const event = lab.frame.value?.event ?? 0;
  if (!lab.waiting) scrub.value = String(axis.position(event));
  scrub.setAttribute('aria-valuetext', `event ${event}, ${(lab.frame.value?.time ?? 0).toFixed(3)} ms`);
  drawHere(marks, { width: sizes.track, axis }, event);
});
scrub.addEventListener('input', () => seek(lab.axis.peek().eventAt(Number(scrub.value))));
show(part('transport'), () => transport(lab));

// --- header, notice, dialogs

let rushed: ReturnType<typeof setTimeout> | undefined;
effect(() => {
  const notice = lab.notice.value;
  render(
    notice === null
      ? nothing
      : html`<div class=${notice.kind}><span>${notice.text}</span>
          <button type="button" class="small" @click=${() => {
            lab.notice.value = null;
          }}>Close</button></div>`,
    part('notice'),
  );
  clearTimeout(rushed);
  if (notice?.kind === 'done')
    rushed = setTimeout(() => {
      lab.notice.value = null;
    }, 4000);
});

const shareBox = part<HTMLDialogElement>('share');
const keysBox = part<HTMLDialogElement>('keys');
const address = (fragment: string): string => `${location.href.split('#')[0]}#${fragment}`;

function share(): void {
  lab.playing.value = false;
  lab.shared.value = null;
  lab.ask({ kind: 'share' });
  if (!shareBox.open) shareBox.showModal();
}
function showKeys(): void {
  render(
    keysDialog(KEYS, () => keysBox.close()),
    keysBox,
  );
  if (!keysBox.open) keysBox.showModal();
}
async function copy(text: string, what: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text);
    lab.notice.value = { text: `${what} is copied.`, kind: 'done' };
    shareBox.close();
  } catch {
    lab.notice.value = {
      text: 'This browser does not let a page copy: select the text and copy it.',
      kind: 'problem',
    };
  }
}
const fileName = (): string => lab.opened.peek()?.setup.scenario || 'run';
function save(): void {
  const shared = lab.shared.peek();
  if (shared !== null) saveAs(new Blob([shared.file], { type: 'application/json' }), `${fileName()}.json`);
}
/** Pictures that are drawings. */
const DRAWINGS: Readonly<Partial<Record<Picture, string>>> = {
  cluster: 'cluster',
  time: 'space-time',
  logs: 'logs',
};
async function savePicture(id: string, format: 'svg' | 'png'): Promise<void> {
  const name = `${fileName()}-${id}-${lab.frame.peek()?.event ?? 0}.${format}`;
  const drawing = standalone(part<SVGSVGElement>(id));
  saveAs(format === 'svg' ? drawing : await rasterized(drawing), name);
}
effect(() => {
  const log = lab.shiviz.value;
  if (log === null) return;
  saveAs(new Blob([log], { type: 'text/plain' }), `${fileName()}-shiviz.log`);
  lab.shiviz.value = null;
});
async function openFile(file: File): Promise<void> {
  shareBox.close();
  lab.ask({ kind: 'file', text: await file.text() });
}
show(shareBox, () => {
  const drawing = DRAWINGS[lab.picture.value];
  return shareDialog(lab.shared.value, address(lab.shared.value?.fragment ?? ''), {
    copy: (text, what) => void copy(text, what),
    save,
    picture: drawing === undefined ? null : (format) => void savePicture(drawing, format),
    shiviz: () => lab.ask({ kind: 'shiviz' }),
    open: (file) => void openFile(file),
    close: () => shareBox.close(),
  });
});
show(part('header'), () => header(lab, { share, keys: showKeys, theme: nextTheme }));

// The address holds what is shown, so that a reload or a bookmark comes back to it.
let remembered = location.hash.slice(1);
let remembering: ReturnType<typeof setTimeout> | undefined;
effect(() => {
  const frame = lab.frame.value;
  void lab.opened.value;
  if (frame === null) return;
  clearTimeout(remembering);
  remembering = setTimeout(() => {
    if (!lab.playing.peek() && !shareBox.open) lab.ask({ kind: 'share' });
  }, 700);
});
let untouched = true;
effect(() => {
  const shared = lab.shared.value;
  if (shared === null || shared.fragment === remembered) return;
  // A page that was opened without a link keeps its plain address until something is done.
  if (untouched && remembered === '' && shared.event === 0 && lab.opened.peek()?.current === 0) return;
  untouched = false;
  remembered = shared.fragment;
  history.replaceState(null, '', `#${remembered}`);
});
addEventListener('hashchange', () => {
  if (location.hash.slice(1) === remembered) return;
  remembered = location.hash.slice(1);
  lab.ask({ kind: 'link', fragment: remembered });
});

// --- keys, files, sizes, time

addEventListener('keydown', (event) => {
  if (onKey(lab, event, { share, map: showKeys, theme: nextTheme })) event.preventDefault();
});
addEventListener('dragover', (event) => event.preventDefault());
addEventListener('drop', (event) => {
  event.preventDefault();
  const file = event.dataTransfer?.files[0];
  if (file !== undefined) void openFile(file);
});

const observer = new ResizeObserver(() => {
  const { width, height } = part('picture').getBoundingClientRect();
  sizes.width = Math.max(200, width);
  sizes.height = Math.max(200, height);
  sizes.track = Math.max(200, part('track').getBoundingClientRect().width);
  drawPicture();
  drawMarks();
  drawLog();
});
for (const id of ['picture', 'track', 'log']) observer.observe(part(id));

const player = new Player(lab);
let last = performance.now();
const onFrame = (now: number): void => {
  player.tick((now - last) / 1000);
  last = now;
  requestAnimationFrame(onFrame);
};
requestAnimationFrame(onFrame);

restoreTheme();
lab.ask({ kind: 'link', fragment: remembered });
