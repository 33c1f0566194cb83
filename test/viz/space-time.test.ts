// @vitest-environment jsdom
import '../seed.ts';
import fc from 'fast-check';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { catalog, findScenario } from '../../scenarios/index.ts';
import { Recording } from '../../viz/model/recording.ts';
import { cutText, type Stretch } from '../../viz/model/stretch.ts';
import { TimeView } from '../../viz/page/time-view.ts';
import { cone } from '../../viz/views/causality.ts';
import { overlap } from '../../viz/views/layout.ts';
import { draw, toldOf } from '../../viz/views/space-time.ts';
import { hold } from '../../viz/views/space-time-hand.ts';
import { eventAt, planOf, type SpaceTimeScene } from '../../viz/views/space-time-plan.ts';
import { textWidth } from '../../viz/views/text-width.ts';

let recording: Recording;
let stretch: Stretch;
let svg: SVGSVGElement;

beforeAll(() => {
  const { run, narration } = findScenario('leader-crash-proposal-on-minority')!;
  recording = new Recording(run, catalog, narration);
  while (recording.advance(10_000));
  stretch = recording.stretch(250, 300);
});
beforeEach(() => {
  svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
});

const scene = (more: Partial<SpaceTimeScene> = {}): SpaceTimeScene => ({
  stretch,
  window: { by: 'event', from: 260, to: 400 },
  event: 300,
  width: 800,
  height: 500,
  hidden: new Set(),
  collapsed: new Set(['ping', 'line']),
  hovered: 0,
  ...more,
});

describe('the space-time view', () => {
  it('has a lane per server and client, and an arrow from where a message was sent to where it is heard', () => {
    const plan = planOf(scene());
    expect(plan.lanes.map(({ name }) => name)).toEqual([
      ...[1, 2, 3].map((id) => `server ${id}`),
      ...[1, 2, 3].map((id) => `client ${id}`),
    ]);
    const proposal = plan.arrows.find(({ family, fate }) => family === 'proposal' && fate === null)!;
    expect(proposal.x1).toBe(plan.x(proposal.sent));
    expect(proposal.x2).toBe(plan.x(proposal.event));
    expect(proposal.y1).toBe(plan.laneOf(proposal.from));
    expect(proposal.y2).toBe(plan.laneOf(proposal.to));
    expect(recording.rows(proposal.event, 1)[0]!.text).toContain('PROPOSAL');
  });

  it('cuts off the arrows of messages that never come, and says why', () => {
    const plan = planOf(scene());
    // The proposal that the leader kept to itself: stopped by the partition, gone with the leader's power.
    const kept = plan.arrows.filter(({ fate }) => fate === 'silenced');
    expect(kept.some(({ text, from }) => text.startsWith('PROPOSAL') && from === 3)).toBe(true);
    for (const arrow of kept) {
      const [start, end] = [plan.laneOf(arrow.from)!, plan.laneOf(arrow.to)!];
      expect(Math.abs(arrow.y2 - start)).toBeLessThan(Math.abs(end - start) / 2);
    }
    const [one] = kept;
    expect(toldOf({ stretch }, one!.sent)).toContain('lost with its sender at a cut link');
    draw(svg, scene());
    expect(svg.querySelector('.arrows .proposal .end')!.getAttribute('d')).not.toBe('');
    // To a machine without power.
    const vanished = stretch.losses.filter(({ fate }) => fate === 'vanished');
    expect(vanished.length).toBeGreaterThan(0);
    for (const { to } of vanished) expect(to).toBe(3);
  });

  it('what was dropped by the network, or came to a process that no longer listens, is lost', () => {
    const { run } = findScenario('leader-crash-proposal-on-minority')!;
    const lossy = new Recording(
      {
        ...run,
        world: { ...run.world, network: { ...run.world.network, electionLossRate: 0.3 } },
        faults: [{ kind: 'crash', server: 1, when: { on: 'proposed', nth: 3 } }],
      },
      catalog,
    );
    while (lossy.advance(10_000));
    const { losses } = lossy.stretch(1, 9000);
    const fates = new Set(losses.map(({ fate }) => fate));
    expect(fates).toContain('dropped');
    expect(fates).toContain('unheard');
    expect(losses.find(({ fate }) => fate === 'dropped')!.family).toBe('election');
    for (const { event, sent } of losses) expect(sent).toBeLessThanOrEqual(event);
  });

  it('a kind that is collapsed has no arrows, only strokes where its messages came', () => {
    draw(svg, scene());
    expect(svg.querySelector('.arrows .ping')).toBeNull();
    expect(svg.querySelector('.dots .stroke')).not.toBeNull();
    draw(svg, scene({ collapsed: new Set() }));
    expect(svg.querySelector('.arrows .ping')).not.toBeNull();
    expect(svg.querySelector('.dots .stroke')).toBeNull();
  });

  it('a hidden lane takes its arrows with it', () => {
    const plan = planOf(scene({ hidden: new Set([3]) }));
    expect(plan.laneOf(3)).toBeUndefined();
    expect(plan.arrows.length).toBeGreaterThan(0);
    for (const { from, to } of plan.arrows) expect([from, to]).not.toContain(3);
    expect(plan.laneOf(2)).toBeGreaterThan(planOf(scene()).laneOf(2)!);
  });

  it('shows who leads, who is down, and while links are cut between whom', () => {
    const beings = (server: number) => stretch.spans.filter(({ machine }) => machine === server);
    expect(beings(3).map(({ being }) => being)).toEqual(['LEADING', 'down']);
    expect(beings(2).map(({ being }) => being)).toEqual(['FOLLOWING', 'LOOKING', 'LEADING']);
    expect(stretch.cuts.map(({ text }) => text)).toEqual(['1, 2 | 3']);
    const plan = planOf(scene());
    expect(plan.labels.filter(({ kind }) => kind === 'being').map(({ text }) => text)).toEqual(
      expect.arrayContaining(['L', 'F', 'down']),
    );
    expect(plan.labels.some(({ kind, text }) => kind === 'cut' && text === '1, 2 | 3')).toBe(true);
  });

  it('names what is cut: groups where they tell all, otherwise links', () => {
    const both = (...pairs: [number, number][]) =>
      pairs.flatMap(([from, to]) => [
        { from, to },
        { from: to, to: from },
      ]);
    expect(cutText(both([1, 3], [2, 3]), [1, 2, 3])).toBe('1, 2 | 3');
    expect(cutText([{ from: 1, to: 2 }], [1, 2, 3])).toBe('1 ↛ 2');
    // 2 bridges the others.
    expect(cutText(both([1, 3]), [1, 2, 3])).toBe('1 ↮ 3');
    expect(cutText(both([1001, 2]), [1, 2, 3])).toBe('c1 cut off');
  });

  it('labels cover neither each other nor a lane, however much is in sight', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 240, max: 540 }),
        fc.integer({ min: 5, max: 200 }),
        fc.integer({ min: 340, max: 1900 }),
        fc.constantFrom('event' as const, 'time' as const),
        (from, width, size, by) => {
          const { events } = stretch;
          const at = (event: number): number =>
            events[Math.min(Math.max(0, event - 250), events.length - 1)]!.time;
          const window =
            by === 'event'
              ? { by, from, to: from + width }
              : { by, from: at(from), to: at(from) + width / 4 };
          const plan = planOf(scene({ window, width: size }));
          const boxes = plan.labels.map(({ x, y, text }) => ({
            left: x,
            right: x + textWidth(text, 10.5),
            top: y - 9,
            bottom: y + 3,
          }));
          boxes.forEach((a, i) => {
            for (const b of boxes.slice(i + 1)) expect(overlap(a, b)).toBe(false);
            for (const { y } of plan.lanes) expect(a.top < y && y < a.bottom).toBe(false);
          });
          const { ticks } = plan;
          ticks.slice(1).forEach(({ x, text }, i) => {
            const before = ticks[i]!;
            expect(x - before.x).toBeGreaterThan((textWidth(text, 11) + textWidth(before.text, 11)) / 2);
          });
        },
      ),
      { numRuns: 60 },
    );
  });

  it('picks out what led to an event and what it led to', () => {
    const middle = stretch.events.find(({ text }) => text.includes('ACK 0x'))!;
    const { past, future } = cone(stretch.events, middle.event);
    expect(past).toContain(middle.cause);
    for (const event of past)
      if (event >= stretch.first) expect(cone(stretch.events, event).future).toContain(middle.event);
    for (const event of future) expect(cone(stretch.events, event).past).toContain(middle.event);
    draw(svg, scene({ hovered: middle.event }));
    expect(svg.querySelector('.arrows')!.classList).toContain('far');
    expect(svg.querySelectorAll('.near-arrows path.way').length).toBeGreaterThan(0);
    draw(svg, scene());
    expect(svg.querySelector('.arrows')!.classList).not.toContain('far');
  });

  it('thousands of events are a few elements', () => {
    const much = recording.stretch(1, 9000);
    draw(svg, scene({ stretch: much, window: { by: 'event', from: 0, to: 9000 } }));
    expect(
      planOf(scene({ stretch: much, window: { by: 'event', from: 0, to: 9000 } })).arrows.length,
    ).toBeGreaterThan(2000);
    expect(svg.querySelectorAll('*').length).toBeLessThan(200);
  });
});

describe('the hand on the space-time diagram', () => {
  const held = () => {
    const plan = draw(svg, scene());
    const did: unknown[][] = [];
    let hovered = 0;
    hold(svg, {
      plan: () => plan,
      events: () => stretch.events,
      hovered: () => hovered,
      hover: (event) => {
        hovered = event;
      },
      seek: (event) => did.push(['seek', event]),
      pick: (machine) => did.push(['pick', machine]),
      pan: (share) => did.push(['pan', share]),
      zoom: (factor, at) => did.push(['zoom', factor, at]),
    });
    return { plan, did, hovered: () => hovered };
  };
  const pointer = (type: string, clientX: number, clientY: number): void => {
    const event = new MouseEvent(type, { clientX, clientY, bubbles: true, button: 0 });
    Object.assign(event, { pointerId: 1, pointerType: 'mouse' });
    svg.dispatchEvent(event);
  };

  it('hovers over the nearest event, and a click goes there', () => {
    const { plan, did, hovered } = held();
    const dot = plan.dots.find(({ x, tone }) => x > 200 && tone === 'role')!;
    pointer('pointermove', dot.x + 1, dot.y - 1);
    expect(hovered()).toBe(dot.event);
    expect(eventAt(plan, dot.x, dot.y)).toBe(dot.event);
    pointer('click', dot.x, dot.y);
    expect(did).toEqual([['seek', dot.event]]);
    pointer('click', 10, plan.laneOf(2)!);
    expect(did.at(-1)).toEqual(['pick', 2]);
  });

  it('a drag moves the window and is no click', () => {
    const { plan, did } = held();
    pointer('pointerdown', 400, 200);
    pointer('pointermove', 300, 200);
    pointer('pointerup', 300, 200);
    pointer('click', 300, 200);
    expect(did).toEqual([['pan', 100 / (plan.right - plan.left)]]);
  });

  it('the wheel zooms around the pointer, and moves with Shift', () => {
    const { plan, did } = held();
    const wheel = (init: WheelEventInit): void => {
      svg.dispatchEvent(new WheelEvent('wheel', { cancelable: true, ...init }));
    };
    wheel({ deltaY: -240, clientX: plan.left });
    expect(did).toEqual([['zoom', 0.5, 0]]);
    wheel({ deltaY: 100, shiftKey: true });
    expect(did.at(-1)![0]).toBe('pan');
    expect(did.at(-1)![1]).toBeGreaterThan(0);
  });

  it('by keys: from event to event along a lane, across lanes, and there', () => {
    const { did, hovered } = held();
    const key = (name: string, more: KeyboardEventInit = {}): boolean =>
      svg.dispatchEvent(new KeyboardEvent('keydown', { key: name, cancelable: true, ...more }));
    const ownerOf = (event: number): number => stretch.events[event - stretch.first]!.owner;
    expect(key('Enter')).toBe(true);
    key('ArrowRight');
    const first = hovered();
    expect(first).toBeGreaterThan(0);
    key('ArrowRight');
    expect(hovered()).toBeGreaterThan(first);
    expect(ownerOf(hovered())).toBe(ownerOf(first));
    key('ArrowDown');
    expect(ownerOf(hovered())).not.toBe(ownerOf(first));
    const picked = hovered();
    expect(key('Enter')).toBe(false);
    expect(did.at(-1)).toEqual(['seek', picked]);
    key('ArrowLeft', { shiftKey: true });
    expect(did.at(-1)).toEqual(['pan', -0.2]);
    key('Escape');
    expect(hovered()).toBe(0);
  });
});

describe('the window of the space-time view', () => {
  const extent = { length: 15_000, endTime: 26_000 };

  it('asks for what it lacks, with a margin, and for nothing that it has', () => {
    const view = new TimeView();
    view.window.value = { by: 'event', from: 300, to: 420 };
    const wish = view.missing(null, extent)!;
    expect(wish).toEqual({ kind: 'stretch', first: 240, count: 241 });
    const asked = { by: 'event', from: 240, to: 480 } as const;
    const reply = { ...recording.stretch(240, 241), kind: 'stretch' as const, tape: 1, asked };
    expect(view.missing(reply, extent)).toBeNull();
    view.pan(0.2, extent);
    expect(view.missing(reply, extent)).toBeNull();
    view.pan(1, extent);
    expect(view.missing(reply, extent)).not.toBeNull();
    view.turn('time', reply);
    expect(view.window.value.by).toBe('time');
    expect(view.missing(reply, extent)).toMatchObject({ kind: 'stretchOfTime' });
  });

  it('follows the run, and never leaves it', () => {
    const view = new TimeView();
    view.follow(1000, 0);
    const { from, to } = view.window.value;
    expect(from).toBeLessThan(1000);
    expect(to).toBeGreaterThan(1000);
    view.follow(1010, 0);
    expect(view.window.value).toEqual({ by: 'event', from, to });
    view.pan(1e6, extent);
    expect(view.window.value.from).toBeLessThan(extent.length);
    view.pan(-1e6, extent);
    expect(view.window.value.to).toBeGreaterThan(0);
  });

  it('zooms around a place, within bounds', () => {
    const view = new TimeView();
    view.window.value = { by: 'event', from: 100, to: 200 };
    view.zoom(0.5, 0.25);
    expect(view.window.value).toEqual({ by: 'event', from: 112.5, to: 162.5 });
    for (let i = 0; i < 20; i++) view.zoom(2);
    expect(view.window.value.to - view.window.value.from).toBe(6000);
    for (let i = 0; i < 20; i++) view.zoom(0.5);
    expect(view.window.value.to - view.window.value.from).toBe(8);
  });
});
