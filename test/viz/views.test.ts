// @vitest-environment jsdom
import { render } from 'lit-html';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { catalog, findScenario } from '../../scenarios/index.ts';
import type { Frame } from '../../viz/model/frame.ts';
import { Recording } from '../../viz/model/recording.ts';
import { shivizLog } from '../../viz/model/shiviz.ts';
import { readTree } from '../../viz/model/tree.ts';
import { deedsFor } from '../../viz/views/act-bar.ts';
import { Axis } from '../../viz/views/axis.ts';
import { draw } from '../../viz/views/cluster.ts';
import { eventLog, rowAt, visible } from '../../viz/views/event-log.ts';
import { draw as drawLogs } from '../../viz/views/logs.ts';
import { inspector, verdicts } from '../../viz/views/panels.ts';
import { draw as drawTimeline } from '../../viz/views/timeline.ts';
import { tree } from '../../viz/views/tree.ts';

let recording: Recording;
let svg: SVGSVGElement;

beforeAll(() => {
  const { run, narration } = findScenario('leader-crash-proposal-on-minority')!;
  recording = new Recording(run, catalog, narration);
  while (recording.advance(10_000));
});
beforeEach(() => {
  svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
});

function frameAt(event: number): Frame {
  recording.seek(event);
  return recording.frame();
}

/** The first event after which a frame is as asked. */
function firstFrame(holds: (frame: Frame) => boolean): Frame {
  for (let event = 1; event < recording.length; event++) {
    const frame = frameAt(event);
    if (holds(frame)) return frame;
  }
  throw new Error('there is none');
}

const scene = (frame: Frame, time = frame.time) => ({ frame, time, selected: null, width: 600, height: 500 });
const nothing = (): void => {};

describe('the cluster view', () => {
  it('shows an established leader by shape, letter, crown and name', () => {
    const frame = firstFrame(({ servers }) => servers.some(({ established }) => established));
    draw(svg, scene(frame), nothing);
    const leader = svg.querySelector('.server.established')!;
    expect(leader.querySelector('.badge text')!.textContent).toBe('L');
    expect(leader.querySelector('.crown')!.hasAttribute('display')).toBe(false);
    expect(leader.querySelector('.button')!.getAttribute('aria-label')).toMatch(
      /^Server 3, leading, established,/,
    );
    const follower = svg.querySelector('.server.following')!;
    expect(follower.querySelector('.badge text')!.textContent).toBe('F');
    expect(follower.querySelector('.crown')!.getAttribute('display')).toBe('none');
    expect(follower.querySelector('.body')!.getAttribute('d')).not.toBe(
      leader.querySelector('.body')!.getAttribute('d'),
    );
  });

  it('keeps its elements from frame to frame, and says what changed', () => {
    draw(svg, scene(frameAt(0)), nothing);
    const before = [...svg.querySelectorAll('.server')];
    expect(before.every((one) => one.classList.contains('down'))).toBe(true);
    draw(svg, scene(frameAt(200)), nothing);
    expect([...svg.querySelectorAll('.server')]).toEqual(before);
    expect(before.some((one) => one.classList.contains('down'))).toBe(false);
  });

  it('moves a message from its sender to its receiver as time goes by', () => {
    const frame = firstFrame(({ messages }) => messages.some(({ kind }) => kind === 'notification'));
    const message = frame.messages.find(({ kind }) => kind === 'notification')!;
    const place = (time: number): number[] => {
      draw(svg, scene({ ...frame, messages: [message] }, time), nothing);
      const title = `${message.text}: ${message.from} → ${message.to}`;
      const group = [...svg.querySelectorAll('.messages g')].find(
        (one) => one.querySelector('title')!.textContent!.split('\n')[0] === title,
      )!;
      return /translate\(([-\d.]+),([-\d.]+)\)/.exec(group.getAttribute('transform')!)!.slice(1).map(Number);
    };
    const server = (id: number): number[] =>
      /translate\(([-\d.]+),([-\d.]+)\)/
        .exec(svg.querySelector(`.server[data-id="${id}"]`)!.getAttribute('transform')!)!
        .slice(1)
        .map(Number);
    const distance = ([x, y]: number[], [u, v]: number[]): number => Math.hypot(x! - u!, y! - v!);
    const start = place(message.sent);
    const end = place(message.arrives);
    expect(distance(start, server(message.from))).toBeLessThan(40);
    expect(distance(end, server(message.to))).toBeLessThan(40);
    expect(place(message.arrives + 5)).toEqual(end);
  });

  it('draws messages of a kind that move together as one, and says how many they are', () => {
    const frame = firstFrame(({ messages }) => messages.some(({ family }) => family === 'proposal'));
    const one = frame.messages.find(({ family }) => family === 'proposal')!;
    const messages = [0, 1, 2].map((i) => ({
      ...one,
      id: `${one.id}.${i}`,
      arrives: one.arrives + i * 0.001,
    }));
    draw(svg, scene({ ...frame, messages }), nothing);
    const drawn = [...svg.querySelectorAll('.messages g')];
    expect(drawn).toHaveLength(1);
    expect(drawn[0]!.querySelector('text')!.textContent).toMatch(/^3× PROPOSAL \[1,\d+\]$/);
    // One that is far behind stands for itself.
    const late = { ...one, id: 'late', arrives: one.arrives + 1000 };
    draw(svg, scene({ ...frame, messages: [...messages, late] }, one.arrives), nothing);
    expect(svg.querySelectorAll('.messages g')).toHaveLength(2);
  });

  it('marks cut links in each direction, and counts what waits behind them', () => {
    const frame = firstFrame(({ messages }) => messages.filter(({ held }) => held).length > 3);
    draw(svg, scene(frame), nothing);
    // Both ways are cut: one mark for both.
    const cuts = frame.links.filter(({ cut }) => cut).length;
    expect(svg.querySelectorAll('.troubles .cut.both')).toHaveLength(cuts / 2);
    const oneWay = { ...frame, links: frame.links.filter(({ from, to }) => from < to) };
    draw(svg, scene(oneWay), nothing);
    expect(svg.querySelectorAll('.troubles .cut:not(.both)')).toHaveLength(cuts / 2);
    draw(svg, scene(frame), nothing);
    const waiting = [...svg.querySelectorAll('.messages .waiting')].map((one) =>
      Number.parseInt(one.textContent!, 10),
    );
    expect(waiting.reduce((a, b) => a + b)).toBe(frame.messages.filter(({ held }) => held).length);
  });

  it('a click picks a server, a client or a link', () => {
    const picked: unknown[] = [];
    draw(svg, scene(frameAt(600)), (selected) => picked.push(selected));
    const click = (selector: string): void => {
      svg.querySelector(selector)!.dispatchEvent(new MouseEvent('click', { bubbles: true }));
    };
    click('.server[data-id="2"] .button');
    click('.client[data-id="1001"] rect');
    click('.links g:last-child');
    expect(picked).toEqual([
      { kind: 'server', id: 2 },
      { kind: 'client', id: 1001 },
      { kind: 'link', from: 2, to: 3 },
    ]);
  });
});

describe('what can be done', () => {
  it('fits the state: the dead are restarted, the living are not; keys are one each', () => {
    const running = frameAt(300);
    const dead = firstFrame(({ servers }) => servers.some(({ life }) => life === 'off'));
    const names = (frame: Frame): string[] =>
      deedsFor(frame, { kind: 'server', id: 3 }).map(({ name }) => name);
    expect(names(running)).toEqual(['Crash', 'Power off', 'Pause', 'Isolate', 'Fill disk']);
    expect(names(dead)).toContain('Restart');
    expect(names(dead)).not.toContain('Crash');
    for (const selected of [
      { kind: 'server', id: 3 },
      { kind: 'link', from: 1, to: 2 },
      { kind: 'client', id: 1001 },
    ] as const) {
      const keys = deedsFor(dead, selected).map(({ key }) => key);
      expect(new Set(keys).size).toBe(keys.length);
    }
  });
});

describe('the log view', () => {
  it('shows what only one server has in its log, and how far it has come there', () => {
    const frame = firstFrame(
      ({ servers }) => servers[1]!.established && servers[2]!.life === 'up' && servers[2]!.role === 'LOOKING',
    );
    drawLogs(svg, { frame, width: 600, scroll: 0, all: false });
    expect(svg.querySelectorAll('.cells .alone')).toHaveLength(1);
    expect(svg.querySelector('.cells .alone title')!.textContent).toBe(
      'server 3: [1,6] acknowledged; not in the log of the leader',
    );
    expect(svg.querySelector('.suffixes text')!.textContent).toBe('diverges from server 2');
  });

  it('what is the same everywhere is one column, every entry has its own where one asks', () => {
    const frame = frameAt(1500);
    const short = drawLogs(svg, { frame, width: 600, scroll: 0, all: false });
    const heads = () => [...svg.querySelectorAll('.heads text')].map((one) => one.textContent!);
    const counted = heads().find((text) => text.startsWith('… '))!;
    const long = drawLogs(svg, { frame, width: 600, scroll: 0, all: true });
    expect(long.width).toBeGreaterThan(short.width);
    expect(Number(counted.slice(2))).toBeGreaterThan(3);
    expect(heads().some((text) => text.startsWith('…'))).toBe(false);
  });

  it('draws only the columns in sight', () => {
    const frame = frameAt(3000);
    const { width } = drawLogs(svg, { frame, width: 400, scroll: 0, all: true });
    expect(width).toBeGreaterThan(1000);
    const first = svg.querySelector('.heads text')!.textContent;
    expect(svg.querySelectorAll('.heads text').length).toBeLessThan(13);
    drawLogs(svg, { frame, width: 400, scroll: 700, all: true });
    expect(svg.querySelectorAll('.heads text').length).toBeLessThan(13);
    expect(svg.querySelector('.heads text')!.textContent).not.toBe(first);
  });
});

describe('the tree view', () => {
  const shown = (event: number, server: number, other: number): HTMLElement => {
    const root = document.createElement('div');
    const frame = frameAt(event);
    const reply = {
      kind: 'tree' as const,
      event,
      server,
      other,
      ...readTree(recording.state, server, other),
    };
    render(
      tree(frame, { server, other }, reply, () => {}),
      root,
    );
    return root;
  };

  it('has a row per znode with its Stat, and the sessions with their ephemerals', () => {
    const root = shown(2500, 1, 0);
    const heads = [...root.querySelectorAll('.nodes')[0]!.querySelectorAll('thead th')].map(
      (one) => one.textContent,
    );
    expect(heads).toEqual(
      expect.arrayContaining(['data', 'v', 'cv', 'av', 'czxid', 'mzxid', 'pzxid', 'len', 'kids', 'owner']),
    );
    const { rows, sessions } = readTree(recording.state, 1, 0);
    expect(root.querySelectorAll('.nodes')[0]!.querySelectorAll('tbody tr')).toHaveLength(rows.length);
    expect(sessions).toHaveLength(3);
    expect(root.querySelectorAll('.nodes')[1]!.querySelectorAll('tbody tr')).toHaveLength(3);
    expect(sessions.map(({ client }) => client).sort()).toEqual(['c1', 'c2', 'c3']);
    for (const { owner, path } of rows)
      if (owner !== '') expect(sessions.find(({ client }) => client === owner)!.ephemerals).toContain(path);
  });

  it('says what differs between two servers, cell by cell', () => {
    let found = false;
    for (let event = 700; event < 1400 && !found; event++) {
      frameAt(event);
      const { rows } = readTree(recording.state, 2, 1);
      found = rows.some(({ difference }) => difference === 'differs');
      if (!found) continue;
      const root = shown(event, 2, 1);
      const cell = root.querySelector('tr.differs .other')!;
      expect(cell.textContent).toContain('≠');
      expect(cell.getAttribute('title')).toContain('on server 1');
      expect(root.textContent).toMatch(/nodes? differs?/);
    }
    expect(found).toBe(true);
  });
});

describe('the event log', () => {
  it('has only the rows in sight in the page, and names the current one', () => {
    const { rows } = recording.marks;
    const root = document.createElement('div');
    const at = rowAt(rows, 362);
    const wide = {
      total: rows.length,
      row: (i: number) => rows[i] ?? null,
      current: at,
      top: 0,
      height: 100,
    };
    render(eventLog(wide, nothing), root);
    const [first, last] = visible(wide);
    expect(root.querySelectorAll('[role=option]')).toHaveLength(last - first);
    expect(last - first).toBeLessThan(20);
    expect(rows[at]!.event).toBeLessThanOrEqual(362);
    expect(rows[at + 1]!.event).toBeGreaterThan(362);
    expect(rowAt(rows, 0)).toBe(-1);
  });
});

describe('a log for ShiViz', () => {
  it('has a clock per event that is later than that of whatever caused it', () => {
    const { events } = recording.stretch(1, 2000);
    const lines = shivizLog(events).trimEnd().split('\n');
    const parsed = lines.flatMap((line, i) => {
      if (i % 2 === 1) return [];
      const [, host, clock] = /^(\S+) (\{.*\})$/.exec(line)!;
      return [{ host: host!, clock: JSON.parse(clock!) as Record<string, number> }];
    });
    expect(parsed).toHaveLength(lines.length / 2);
    const last = new Map<string, number>();
    for (const { host, clock } of parsed) {
      expect(clock[host]).toBe((last.get(host) ?? 0) + 1);
      last.set(host, clock[host]!);
      // Nobody knows of what has not happened.
      for (const [other, count] of Object.entries(clock))
        expect(count).toBeLessThanOrEqual(last.get(other) ?? 0);
    }
    expect(last.size).toBe(6);
    expect(parsed.some(({ host, clock }) => host === 'server1' && (clock.server2 ?? 0) > 0)).toBe(true);
  });
});

describe('the timeline', () => {
  it('an axis goes from event to place and back', () => {
    const axis = new Axis([0, 1, 2, 1000, 5000], 4000);
    for (const event of [0, 1, 999, 1000, 2500, 4000]) expect(axis.eventAt(axis.position(event))).toBe(event);
    expect(axis.position(4000)).toBe(1);
    expect(axis.eventAt(2)).toBe(4000);
    expect(new Axis([], 0).position(5)).toBe(0);
  });

  it('has one time of a run that has only begun', () => {
    const scene = { width: 900, axis: new Axis([0], 0), marks: [], commits: [], edits: [], parts: null };
    drawTimeline(svg, scene, nothing);
    expect([...svg.querySelectorAll('.ticks text')].map((one) => one.textContent)).toEqual(['0 ms']);
  });

  it('draws one mark for many that would cover each other, the weightiest', () => {
    const mark = (event: number, kind: 'leader' | 'election') => ({ event, kind, time: 0, text: kind });
    const seen: number[] = [];
    drawTimeline(
      svg,
      {
        width: 500,
        axis: new Axis([0, 100], 1000),
        marks: [mark(500, 'election'), mark(501, 'leader'), mark(502, 'election'), mark(900, 'election')],
        commits: [1, 2, 3],
        edits: [],
        parts: null,
      },
      (event) => seen.push(event),
    );
    const marks = [...svg.querySelectorAll('.marks g')];
    expect(marks.map((one) => one.getAttribute('class'))).toEqual(['leader', 'election']);
    marks[0]!.dispatchEvent(new MouseEvent('click'));
    expect(seen).toEqual([501]);
  });
});

describe('panels', () => {
  it('verdicts name each property and what was found', () => {
    const root = document.createElement('div');
    const frame: Frame = {
      ...frameAt(100),
      verdicts: { 'ZAB-PREFIX': 'violated', 'NO-CRASH': 'holds', 'SVC-READ': 'unchecked' },
      violations: [{ property: 'ZAB-PREFIX', event: 99, text: 'two servers differ', events: [40, 99] }],
      expectations: [
        { text: 'the write survives', state: 'met' },
        { text: 'a new leader', state: 'open' },
      ],
    };
    const properties = ['SVC-READ', 'NO-CRASH', 'ZAB-PREFIX'].map((id) => ({ id, title: id, statement: id }));
    const went: number[] = [];
    render(
      verdicts(frame, properties, (event) => went.push(event)),
      root,
    );
    expect([...root.querySelectorAll('.verdicts .id')].map((one) => one.textContent)).toEqual([
      'ZAB-PREFIX',
      'NO-CRASH',
      'SVC-READ',
    ]);
    for (const button of root.querySelectorAll<HTMLButtonElement>('.violated button')) button.click();
    expect(went).toEqual([40, 99]);
    expect(
      [...root.querySelectorAll('.met, .open')].map((one) => one.querySelector('.sign')!.ariaLabel),
    ).toEqual(['met', 'still open']);
    expect(root.textContent).toContain('1 of 2 met so far');
    expect(root.textContent).toContain('two servers differ');
  });

  it('the inspector leads to the event that caused this one', () => {
    const root = document.createElement('div');
    const frame = firstFrame(({ step }) => step !== null && step.cause > 0);
    const went: number[] = [];
    render(
      inspector(frame, null, null, (event) => went.push(event)),
      root,
    );
    root.querySelector<HTMLButtonElement>('button.link')!.click();
    expect(went).toEqual([frame.step!.cause]);
  });
});
