/** What keys do. Everything that a pointer can do has a key, or is reached with Tab. */
import { deedsFor } from '../views/act-bar.ts';
import { nextOf } from '../views/set-up.ts';
import { faster, setPace } from '../views/transport.ts';
import type { Lab, Panel, Picture } from './lab.ts';

/** The map that `?` shows. */
export const KEYS: readonly (readonly [string, readonly (readonly [string, string])[]])[] = [
  [
    'Time',
    [
      ['Space', 'play or pause'],
      ['← →', 'one event back, forward'],
      ['Shift ← →', 'to the mark before, after'],
      ['Home End', 'to the beginning, to the end'],
      ['[ ]', 'slower, faster'],
      ['e', 'play event by event, or by virtual time'],
    ],
  ],
  [
    'Pick',
    [
      ['1 … 9', 'a server'],
      ['l', 'the leader'],
      ['k', 'the next client'],
      ['m', 'the next link of the picked server'],
      ['j', 'the next message on its way'],
      ['Esc', 'nothing'],
    ],
  ],
  [
    'Break',
    [
      ['c', 'crash a server or client, cut a link'],
      ['o', 'cut the power'],
      ['r', 'restart'],
      ['p', 'pause'],
      ['i', 'isolate'],
      ['x y w v d', 'the rest: links, disks, messages; see below the picture'],
      ['h', 'heal all links'],
      ['Ctrl Z, Ctrl Y', 'undo, redo'],
    ],
  ],
  [
    'Look',
    [
      ['g', 'the next picture'],
      ['+ − 0', 'space-time: closer, wider, to the present'],
      ['z b', 'space-time: to scale or by event, heartbeats'],
      ['f', 'space-time: the lane of what is picked, or all lanes'],
      ['arrows, Enter', 'in the space-time diagram: from event to event, go there'],
      ['a', 'all events or the story'],
      ['Alt 1 … 4', 'a panel'],
      ['n', 'next seed, or next run of the fuzzer'],
      ['s', 'share'],
      ['t', 'dark or light'],
      ['?', 'this map'],
    ],
  ],
];

export const PANELS: readonly (readonly [Panel, string])[] = [
  ['inspect', 'Inspector'],
  ['verdicts', 'Verdicts'],
  ['edits', 'Edits'],
  ['setup', 'Set-up'],
];

const NEXT_PICTURE: Readonly<Record<Picture, Picture>> = {
  cluster: 'time',
  time: 'logs',
  logs: 'tree',
  tree: 'cluster',
};

export interface KeyActions {
  readonly share: () => void;
  readonly keys: () => void;
  readonly theme: () => void;
}

/** Keys that an element wants for itself. */
function wants(target: EventTarget | null, key: string): boolean {
  if (!(target instanceof Element)) return false;
  // Of one that has just closed, the focus is still on its way out.
  if (target.closest('dialog[open]') !== null) return true;
  if (target.matches('select, textarea, input:not([type=range])')) return true;
  if (target.matches('input[type=range]')) return target.id !== 'scrub' && /^(Arrow|Home|End)/.test(key);
  if (target.closest('[role=tab]') !== null) return /^(Arrow|Home|End)/.test(key) || key === ' ';
  if (target.closest('[role=listbox]') !== null) return /^(ArrowUp|ArrowDown)$/.test(key);
  if (target.closest('button, summary, a') !== null) return key === ' ' || key === 'Enter';
  return false;
}

/** Does what a key says; true where it was one of ours. */
export function onKey(lab: Lab, event: KeyboardEvent, actions: KeyActions): boolean {
  const { key } = event;
  if (wants(event.target, key)) return false;
  if (event.ctrlKey || event.metaKey) {
    const wish = key.toLowerCase();
    if (wish === 'z') lab.ask({ kind: event.shiftKey ? 'redo' : 'undo' });
    else if (wish === 'y') lab.ask({ kind: 'redo' });
    else return false;
    return true;
  }
  if (event.altKey) {
    const panel = PANELS[Number(key) - 1];
    if (panel === undefined) return false;
    lab.panel.value = panel[0];
    return true;
  }
  const frame = lab.frame.peek();
  if (frame === null) return false;
  switch (key) {
    case ' ':
      lab.playing.value = !lab.playing.peek();
      return true;
    case 'ArrowRight':
      if (event.shiftKey) lab.leap(true);
      else lab.step(1);
      return true;
    case 'ArrowLeft':
      if (event.shiftKey) lab.leap(false);
      else lab.step(-1);
      return true;
    case 'Home':
      lab.seek(0);
      return true;
    case 'End':
      lab.seek(lab.tape.peek().length);
      return true;
    case '[':
      faster(lab, -1);
      return true;
    case ']':
      faster(lab, 1);
      return true;
    case 'e':
      setPace(lab, lab.pace.peek() === 'event' ? 'time' : 'event');
      return true;
    case 'g':
      lab.picture.value = NEXT_PICTURE[lab.picture.peek()];
      return true;
    case '+':
    case '-':
    case '0':
    case 'b':
    case 'f':
    case 'z':
      return lab.picture.peek() === 'time' && spaceTimeKey(lab, key);
    case 'a':
      lab.everything.value = !lab.everything.peek();
      return true;
    case 'n': {
      const opened = lab.opened.peek();
      const setup = opened === null ? null : nextOf(opened.setup);
      if (setup !== null) lab.ask({ kind: 'setup', setup });
      return true;
    }
    case 's':
      actions.share();
      return true;
    case 't':
      actions.theme();
      return true;
    case '?':
      actions.keys();
      return true;
    case 'Escape':
      lab.selected.value = null;
      return true;
    case 'l': {
      const leading = frame.servers.filter(({ role, life }) => role === 'LEADING' && life !== 'down');
      const leader = leading.find(({ established }) => established) ?? leading[0];
      if (leader !== undefined) lab.selected.value = { kind: 'server', id: leader.id };
      else lab.notice.value = { text: 'No server leads at this moment.', kind: 'done' };
      return true;
    }
    case 'k':
      nextClient(lab);
      return true;
    case 'm':
      nextLink(lab);
      return true;
    case 'j':
      nextMessage(lab);
      return true;
    default:
  }
  if (/^[1-9]$/.test(key)) {
    const server = frame.servers.find(({ id }) => id === Number(key));
    if (server === undefined) return false;
    lab.selected.value = { kind: 'server', id: server.id };
    return true;
  }
  const deed = deedsFor(frame, lab.selected.peek()).find((one) => one.key === key);
  if (deed === undefined) return false;
  lab.act(deed.act);
  return true;
}

function nextClient(lab: Lab): void {
  const clients = lab.frame.peek()?.clients ?? [];
  const selected = lab.selected.peek();
  const index = selected?.kind === 'client' ? clients.findIndex(({ id }) => id === selected.id) : -1;
  const next = clients[(index + 1) % Math.max(1, clients.length)];
  if (next !== undefined) lab.selected.value = { kind: 'client', id: next.id };
}

function spaceTimeKey(lab: Lab, key: string): boolean {
  const { timeView } = lab;
  const frame = lab.frame.peek()!;
  if (key === '+' || key === '-') timeView.zoomHere(key === '+' ? 0.5 : 2, frame);
  else if (key === '0') timeView.center(frame.event, frame.time);
  else if (key === 'b') timeView.toggleFamily('ping');
  else if (key === 'z')
    timeView.turn(timeView.window.peek().by === 'event' ? 'time' : 'event', lab.stretch.peek());
  else {
    const selected = lab.selected.peek();
    if (selected?.kind === 'server' || selected?.kind === 'client') timeView.toggleLane(selected.id);
    else timeView.hidden.value = new Set();
  }
  return true;
}

function nextMessage(lab: Lab): void {
  const messages = lab.frame.peek()?.messages.filter(({ name }) => name !== null) ?? [];
  const selected = lab.selected.peek();
  const index = selected?.kind === 'message' ? messages.findIndex(({ id }) => id === selected.id) : -1;
  const next = messages[(index + 1) % Math.max(1, messages.length)];
  if (next !== undefined) lab.selected.value = { kind: 'message', id: next.id };
  else lab.notice.value = { text: 'No message is on its way at this moment.', kind: 'done' };
}

/** From a server to its first link, from a link to the next one of all. */
function nextLink(lab: Lab): void {
  const ids = lab.frame.peek()?.servers.map(({ id }) => id) ?? [];
  const pairs = ids.flatMap((from, i) => ids.slice(i + 1).map((to) => ({ from, to })));
  const selected = lab.selected.peek();
  let index = 0;
  if (selected?.kind === 'server')
    index = pairs.findIndex(({ from, to }) => from === selected.id || to === selected.id);
  else if (selected?.kind === 'link')
    index =
      (pairs.findIndex(({ from, to }) => from === selected.from && to === selected.to) + 1) % pairs.length;
  const link = pairs[index];
  if (link !== undefined) lab.selected.value = { kind: 'link', ...link };
}
