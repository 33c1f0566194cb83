import { describe, expect, it } from 'vitest';
import type { OpenedReply, Reply, Request } from '../../viz/model/messages.ts';
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
