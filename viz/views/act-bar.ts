/** What can be done to what is picked out; also by key. */
import { html, nothing, type TemplateResult } from 'lit-html';
import type { Act } from '../model/edits.ts';
import type { Frame } from '../model/frame.ts';
import type { Selected } from './cluster.ts';
import { requestForm } from './request-form.ts';

/** Something to do, with its key. */
export interface Deed {
  readonly name: string;
  readonly key: string;
  readonly act: Act;
  /** What comes of it beyond its name. */
  readonly hint: string;
}

/** How long a process stands still, virtual ms: longer than a leader waits for a sign of life in the scenarios. */
const PAUSE = 2000;
const SLOW = 20;

function serverDeeds(frame: Frame, id: number): Deed[] {
  const server = frame.servers.find((one) => one.id === id);
  if (server === undefined) return [];
  const deeds: Deed[] = [];
  const add = (name: string, key: string, act: Act, hint: string): void => {
    deeds.push({ name, key, act, hint });
  };
  if (server.life === 'up' || server.life === 'paused') {
    add('Crash', 'c', { kind: 'crash', server: id }, 'The process dies; what is not on disk may be gone.');
    add('Power off', 'o', { kind: 'powerLoss', server: id }, 'The machine dies; peers hear nothing.');
  } else {
    if (server.life === 'down')
      add('Power off', 'o', { kind: 'powerLoss', server: id }, 'The machine dies; peers hear nothing.');
    add('Restart', 'r', { kind: 'restart', server: id }, 'The process starts on what its disk holds.');
  }
  if (server.life === 'up')
    add('Pause', 'p', { kind: 'pause', server: id, for: PAUSE }, `It stands still for ${PAUSE} ms.`);
  const others = frame.servers.filter((one) => one.id !== id);
  const apart = others.every((one) =>
    frame.links.some((link) => link.from === id && link.to === one.id && link.cut),
  );
  if (others.length > 0 && !apart)
    add('Isolate', 'i', { kind: 'isolate', server: id }, 'Nothing passes between it and the other servers.');
  if (server.disk === 'full')
    add('Free disk', 'd', { kind: 'diskFree', server: id }, 'Its disk has room again.');
  else add('Fill disk', 'd', { kind: 'diskFull', server: id }, 'Its writes fail from now on.');
  return deeds;
}

function linkDeeds(frame: Frame, from: number, to: number): Deed[] {
  const isCut = (a: number, b: number): boolean =>
    frame.links.some((link) => link.from === a && link.to === b && link.cut);
  const deeds: Deed[] = [];
  const add = (name: string, key: string, act: Act, hint: string): void => {
    deeds.push({ name, key, act, hint });
  };
  if (!isCut(from, to) || !isCut(to, from))
    add(
      'Cut both ways',
      'c',
      { kind: 'cut', from, to, both: true },
      'What is sent waits for the link to heal.',
    );
  if (!isCut(from, to))
    add(`Cut ${from} → ${to}`, 'x', { kind: 'cut', from, to }, 'The other direction still passes.');
  if (!isCut(to, from))
    add(`Cut ${to} → ${from}`, 'y', { kind: 'cut', from: to, to: from }, 'The other direction still passes.');
  add(
    'Drop next',
    'd',
    { kind: 'drop', from, to },
    'The next message each way is lost, and with it its stream: all behind it is cut off.',
  );
  add(`Slow ${from} → ${to}`, 'w', { kind: 'slow', from, to, by: SLOW }, `Messages take ${SLOW} ms longer.`);
  add(
    `Slow ${to} → ${from}`,
    'v',
    { kind: 'slow', from: to, to: from, by: SLOW },
    `Messages take ${SLOW} ms longer.`,
  );
  return deeds;
}

function clientDeeds(frame: Frame, id: number): Deed[] {
  const client = frame.clients.find((one) => one.id === id);
  if (client === undefined) return [];
  const { number, life, server } = client;
  const deeds: Deed[] = [];
  const add = (name: string, key: string, act: Act, hint: string): void => {
    deeds.push({ name, key, act, hint });
  };
  if (life === 'down') {
    add(
      'Restart',
      'r',
      { kind: 'clientRestart', client: number },
      'Its program starts anew and knows of no session.',
    );
    return deeds;
  }
  add('Crash', 'c', { kind: 'clientCrash', client: number }, 'Its session stays until it expires.');
  if (life === 'up')
    add(
      'Pause',
      'p',
      { kind: 'clientPause', client: number, for: PAUSE },
      `It stands still for ${PAUSE} ms.`,
    );
  if (server > 0) {
    add(
      'Disconnect',
      'x',
      { kind: 'clientDisconnect', client: number },
      'Its connection is reset; it may dial again.',
    );
    add(
      'Cut off',
      'i',
      { kind: 'clientCut', client: number, to: 'all' },
      'Nothing passes between it and any server.',
    );
  }
  return deeds;
}

/** Added to a message's way, virtual ms. */
const DELAY = 10;

function messageDeeds(frame: Frame, id: string): Deed[] {
  const found = frame.messages.find((one) => one.id === id);
  if (found === undefined || found.name === null) return [];
  const { name: message } = found;
  return [
    {
      name: 'Drop',
      key: 'd',
      act: { kind: 'messageDrop', message },
      hint: 'It is lost, and with it its stream: all behind it is cut off, and the sender will find out.',
    },
    {
      name: `Delay ${DELAY} ms`,
      key: 'w',
      act: { kind: 'messageDelay', message, by: DELAY },
      hint: `It comes ${DELAY} ms later, and so does what is behind it in its stream.`,
    },
    {
      name: 'Deliver now',
      key: 'v',
      act: { kind: 'messageDeliver', message },
      hint: 'It comes at once; what is before it in its stream comes first.',
    },
  ];
}

/** What is picked out, as its deeds. */
function own(frame: Frame, selected: Selected): Deed[] {
  switch (selected.kind) {
    case 'server':
      return serverDeeds(frame, selected.id);
    case 'link':
      return linkDeeds(frame, selected.from, selected.to);
    case 'message':
      return messageDeeds(frame, selected.id);
    case 'client':
      return clientDeeds(frame, selected.id);
  }
}

/** What can be done now; healing is possible wherever a link is not as it should be. */
export function deedsFor(frame: Frame, selected: Selected | null): Deed[] {
  if (frame.over) return [];
  const deeds = selected === null ? [] : own(frame, selected);
  if (frame.links.length > 0)
    deeds.push({
      name: 'Heal all links',
      key: 'h',
      act: { kind: 'heal', speed: true },
      hint: 'All links pass again, at their own speed.',
    });
  return deeds;
}

const FIRST_CLIENT = 1000;
const subject = (id: number): string => (id > 1000 ? `c${id - 1000}` : String(id));

export function selectedName(frame: Frame, selected: Selected | null): string {
  switch (selected?.kind) {
    case 'server':
      return `Server ${selected.id}`;
    case 'client':
      return `Client ${selected.id - 1000}`;
    case 'link':
      return `Link ${selected.from} – ${selected.to}`;
    case 'message': {
      const message = frame.messages.find(({ id }) => id === selected.id);
      if (message === undefined) return '';
      return `${message.text}, ${subject(message.from)} → ${subject(message.to)}${message.held ? ', held back' : ''}`;
    }
    default:
      return '';
  }
}

/** Whether a client can be made to ask for something. */
function asks(frame: Frame, id: number): boolean {
  const client = frame.clients.find((one) => one.id === id);
  return client?.life === 'up' && client.asks && !frame.over;
}

export interface ActBarScene {
  readonly frame: Frame;
  readonly selected: Selected | null;
}

export function actBar(
  { frame, selected }: ActBarScene,
  onAct: (act: Act) => void,
  onSelect: (selected: Selected | null) => void,
): TemplateResult {
  const deeds = deedsFor(frame, selected);
  const name = selectedName(frame, selected);
  const peers =
    selected?.kind === 'server'
      ? frame.servers.filter(({ id }) => id !== selected.id).map(({ id }) => id)
      : [];
  return html`
    <span class="subject">${name === '' ? html`<span class="quiet">Pick a server, link, client or message to break it.</span>` : name}</span>
    ${deeds.map(
      (
        deed,
      ) => html`<button type="button" class="small" title="${deed.hint} (${deed.key})" @click=${() => onAct(deed.act)}>
        ${deed.name}<kbd>${deed.key}</kbd>
      </button>`,
    )}
    ${
      selected?.kind === 'client' && asks(frame, selected.id)
        ? requestForm((request) =>
            onAct({ kind: 'clientRequest', client: selected.id - FIRST_CLIENT, request }),
          )
        : nothing
    }
    ${
      selected?.kind === 'server' && peers.length > 0
        ? html`<label class="links"
          ><span class="quiet">link to</span>
          <select
            aria-label="Pick the link to another server"
            @change=${(change: Event) => {
              const to = Number((change.target as HTMLSelectElement).value);
              if (to > 0)
                onSelect({ kind: 'link', from: Math.min(selected.id, to), to: Math.max(selected.id, to) });
            }}
          >
            <option value="0" selected>–</option>
            ${peers.map((id) => html`<option value=${id}>${id}</option>`)}
          </select></label
        >`
        : nothing
    }
  `;
}
