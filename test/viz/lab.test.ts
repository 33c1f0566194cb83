import { describe, expect, it } from 'vitest';
import type { Frame, ServerFrame } from '../../viz/model/frame.ts';
import type { OpenedReply, ProgressReply, Reply, Request } from '../../viz/model/messages.ts';
import { Lab } from '../../viz/page/lab.ts';

const opened = (tape: number, seed = 1): OpenedReply => ({
  kind: 'opened',
  tape,
  title: 'a run',
  story: '',
  setup: {
    scenario: '',
    seed,
    variant: '',
    participants: 3,
    observers: 0,
    fixedEnsemble: '',
    least: { participants: 1, observers: 0 },
    latency: null,
    flush: null,
    drawing: null,
  },
  servers: 3,
  lines: [{ id: 0, name: 'original', edits: [], parts: null }],
  current: 0,
  undo: false,
  redo: false,
});

const progress = (tape: number, length: number, complete: boolean): Reply => ({
  kind: 'progress',
  tape,
  length,
  endTime: length,
  complete,
  traceHash: complete ? '0123456789abcdef' : '',
  marks: [],
  rows: [],
  commits: [],
  film: [],
  clock: [0, length],
});

describe('the state of the page', () => {
  it('a branch that is being recorded keeps the line of the run it comes from, another run does not', () => {
    const lab = new Lab(() => {});
    lab.receive(opened(1));
    lab.receive(progress(1, 1000, true));
    expect(lab.axis.value.eventAt(0.5)).toBe(500);
    lab.receive(opened(2));
    lab.receive(progress(2, 100, false));
    expect(lab.axis.value.eventAt(0.5)).toBe(500);
    lab.receive(progress(2, 800, true));
    expect(lab.axis.value.eventAt(0.5)).toBe(400);
    lab.receive(opened(3, 2));
    lab.receive(progress(3, 100, false));
    expect(lab.axis.value.eventAt(0.5)).toBe(50);
  });

  it('what is told of a recording that is not on any more is not heard', () => {
    const lab = new Lab(() => {});
    lab.receive(opened(1));
    lab.receive(opened(2));
    lab.receive(progress(1, 1000, true));
    expect(lab.tape.value.complete).toBe(false);
  });

  it('of wishes that come faster than they are met, the last counts', () => {
    const asked: Request[] = [];
    const lab = new Lab((request) => asked.push(request));
    lab.receive(opened(1));
    lab.receive(progress(1, 1000, true));
    for (const event of [10, 20, 30]) lab.seek(event);
    expect(asked).toEqual([{ kind: 'seek', event: 10 }]);
    lab.receive({ kind: 'problem', text: 'none', fallback: false });
    lab.seek(40);
    expect(asked.at(-1)).toEqual({ kind: 'seek', event: 40 });
  });
});

describe('the slider', () => {
  const frame = (event: number): Frame => ({
    event,
    time: event,
    hash: '',
    over: false,
    servers: [{ id: 1 } as ServerFrame],
    clients: [],
    messages: [],
    links: [],
    verdicts: {},
    violations: [],
    expectations: [{ text: 'something', state: 'open' }],
    told: null,
    step: null,
  });

  function filmed(): { lab: Lab; asked: Request[] } {
    const asked: Request[] = [];
    const lab = new Lab((request) => asked.push(request));
    lab.receive(opened(1));
    const film = [64, 96, 128].map((event) => [event, JSON.stringify(frame(event))] as const);
    lab.receive({ ...(progress(1, 200, true) as ProgressReply), film });
    return { lab, asked };
  }

  it('shows what is at hand near where it is without asking, and goes to the very event when it rests', async () => {
    const { lab, asked } = filmed();
    lab.scrub(100, 10);
    expect(lab.frame.value!.event).toBe(96);
    lab.scrub(125, 10);
    expect(lab.frame.value!.event).toBe(128);
    expect(asked).toEqual([]);
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(asked).toEqual([{ kind: 'seek', event: 125 }]);
  });

  it('asks where nothing is at hand, and an answer that comes when it has gone on is not shown', () => {
    const { lab, asked } = filmed();
    lab.scrub(180, 10);
    expect(asked).toEqual([{ kind: 'seek', event: 180 }]);
    lab.scrub(64, 10);
    lab.receive({ kind: 'frame', tape: 1, frame: frame(180), next: null });
    expect(lab.frame.value!.event).toBe(64);
    lab.arrive();
    lab.receive({ kind: 'frame', tape: 1, frame: frame(64), next: 65 });
    expect(lab.next.value).toBe(65);
  });

  it('what surrounds the picture follows less often, and comes to where one stands', async () => {
    const { lab } = filmed();
    lab.scrub(64, 10);
    lab.scrub(96, 10);
    lab.scrub(128, 10);
    expect(lab.settled.value!.event).toBe(64);
    await new Promise((resolve) => setTimeout(resolve, 140));
    expect(lab.settled.value!.event).toBe(128);
  });

  it('what is done while it moves is done where one sees it', () => {
    const { lab, asked } = filmed();
    lab.scrub(100, 10);
    lab.act({ kind: 'crash', server: 1 });
    expect(asked).toEqual([
      { kind: 'seek', event: 100 },
      { kind: 'act', act: { kind: 'crash', server: 1 }, event: 96 },
    ]);
  });
});

describe('a simulator that is started anew', () => {
  it('is asked for the default scenario, and the page says so', () => {
    const asked: Request[] = [];
    const lab = new Lab((request) => asked.push(request));
    lab.receive(opened(1));
    lab.seek(5);
    lab.restart('It stopped.');
    expect(asked.at(-1)).toEqual({ kind: 'link', fragment: '' });
    expect(lab.notice.value).toMatchObject({
      kind: 'problem',
      text: 'It stopped. Here is the default scenario instead.',
    });
    // Its first recording has the number of one that the page knew.
    lab.receive(opened(1, 3));
    expect(lab.opened.value!.setup.seed).toBe(3);
    lab.seek(7);
    expect(asked.at(-1)).toEqual({ kind: 'seek', event: 7 });
  });
});
