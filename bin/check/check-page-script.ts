/**
 * Draws the sections of the page in the reader's browser. The page carries this function's own text: it may use nothing but its
 * arguments.
 */
import type { PageOperation, PageOrder, PageSection } from './check-page-data.ts';

/** As much of a d3 selection as is used. */
interface Selection {
  append(name: string): Selection;
  attr(name: string, value: unknown): Selection;
  classed(names: string, value: unknown): Selection;
  text(value: unknown): Selection;
  html(value: string): Selection;
  call(draw: unknown): Selection;
  on(event: string, listener: unknown): Selection;
  selectAll(selector: string): Selection;
  data(items: readonly unknown[]): Selection;
  join(name: string): Selection;
  node(): {
    scrollLeft: number;
    clientWidth: number;
    querySelectorAll(selector: string): ArrayLike<{ focus(): void }>;
  };
}
type Scale<T> = ((value: T) => number) & { bandwidth(): number };
interface ScaleMaker<T> {
  domain(values: readonly T[]): ScaleMaker<T>;
  range(values: readonly number[]): ScaleMaker<T> & Scale<T>;
  paddingInner(padding: number): ScaleMaker<T>;
}

/** As much of d3 as is used. */
export interface D3 {
  select(selector: unknown): Selection;
  scaleLinear(): ScaleMaker<number>;
  scaleBand(): ScaleMaker<number>;
  axisLeft(scale: unknown): {
    tickFormat(format: (process: number) => string): { tickSize(size: number): unknown };
  };
}

export function drawSections(d3: D3, sections: readonly PageSection[]): void {
  const STEP = 58;
  const LANE = 30;
  const AXIS = 92;
  const LEFT = 8;
  const TOP = 12;
  const LISTED = 14;
  for (const section of sections) {
    const { operations, orders, from, to } = section;
    const box = d3.select('main').append('section').attr('class', section.verdict);
    box.append('h2').text(section.title);
    box.append('p').text(section.summary);
    if (operations.length === 0) continue;
    const processes = [...new Set(operations.map(({ process }) => process))].sort((a, b) => a - b);
    const width = LEFT + (to - from + 2) * STEP;
    const height = TOP + processes.length * LANE + 8;
    const x = d3
      .scaleLinear()
      .domain([from - 1, to + 1])
      .range([LEFT, width]);
    const y = d3
      .scaleBand()
      .domain(processes)
      .paddingInner(0.25)
      .range([TOP, height - 8]);
    const frame = box.append('div').attr('class', 'frame');
    frame
      .append('svg')
      .attr('class', 'axis')
      .attr('width', AXIS)
      .attr('height', height)
      .attr('aria-hidden', 'true')
      .append('g')
      .attr('transform', `translate(${AXIS - 4},0)`)
      .call(
        d3
          .axisLeft(y)
          .tickFormat((process) => `process ${process}`)
          .tickSize(0),
      );
    const scroll = frame.append('div').attr('class', 'scroll').attr('tabindex', -1);
    const svg = scroll
      .append('svg')
      .attr('width', width)
      .attr('height', height)
      .attr('role', 'group')
      .attr('aria-label', `Timeline of ${section.title}: operations by process`);
    svg
      .append('g')
      .attr('class', 'lanes')
      .selectAll('line')
      .data(processes)
      .join('line')
      .attr('x1', LEFT)
      .attr('x2', width)
      .attr('y1', (process: number) => y(process) + y.bandwidth() / 2)
      .attr('y2', (process: number) => y(process) + y.bandwidth() / 2);
    const startOf = (operation: PageOperation): number => x(Math.max(operation.start, from - 1));
    const endOf = (operation: PageOperation): number => x(Math.min(operation.end ?? to + 1, to + 1));
    const bars = svg
      .append('g')
      .selectAll('g')
      .data(operations)
      .join('g')
      .attr('class', 'operation')
      .classed('stuck', (operation: PageOperation) => operation.stuck)
      .classed('pending', (operation: PageOperation) => operation.end === null)
      .classed('placed', (operation: PageOperation) => operation.order === 0)
      .attr('tabindex', 0)
      .attr('role', 'button')
      .attr(
        'aria-label',
        (operation: PageOperation) => `process ${operation.process}: ${operation.label}, ${operation.when}`,
      );
    bars
      .append('rect')
      .attr('x', startOf)
      .attr('y', (operation: PageOperation) => y(operation.process))
      .attr('width', (operation: PageOperation) =>
        Math.max(STEP * 0.8, endOf(operation) - startOf(operation)),
      )
      .attr('height', y.bandwidth())
      .attr('rx', 4);
    bars
      .append('text')
      .attr('x', (operation: PageOperation) => startOf(operation) + 5)
      .attr('y', (operation: PageOperation) => y(operation.process) + y.bandwidth() / 2)
      .attr('dy', '0.35em')
      .text((operation: PageOperation) => {
        const room = Math.floor((endOf(operation) - startOf(operation) - 6) / 6.9);
        const { label } = operation;
        return label.length <= room ? label : room < 3 ? '' : `${label.slice(0, room - 1)}…`;
      });
    const points = svg.append('g').attr('class', 'points');
    const details = box.append('div').attr('class', 'details').attr('aria-live', 'polite');

    /** Where the steps of an order take effect: as early as calls and the steps before allow. */
    const pointsOf = (order: PageOrder, last: number): { px: number; py: number }[] => {
      const found: { px: number; py: number }[] = [];
      let px = LEFT;
      for (const step of order.steps.slice(0, last + 1)) {
        const operation = operations[step.operation];
        if (operation === undefined) continue;
        px = Math.max(px + 4, startOf(operation) + 4);
        found.push({ px, py: y(operation.process) + y.bandwidth() / 2 });
      }
      return found;
    };
    const show = (shown: PageOperation | null): void => {
      const number = shown === null ? 0 : shown.order;
      const order = number === null ? undefined : orders[number];
      const last = shown === null ? (order?.steps.length ?? 0) - 1 : shown.place;
      const steps = order === undefined ? [] : order.steps.slice(0, last + 1);
      const within = new Set(steps.map(({ operation }) => operation));
      bars
        .classed('within', (_: PageOperation, i: number) => within.has(i))
        .classed('shown', (operation: PageOperation) => operation === shown);
      const path = order === undefined ? [] : pointsOf(order, last);
      points.html('');
      points
        .append('path')
        .attr('d', path.map(({ px, py }, i) => `${i === 0 ? 'M' : 'L'}${px},${py}`).join(''));
      points
        .selectAll('circle')
        .data(path)
        .join('circle')
        .attr('cx', ({ px }: { px: number }) => px)
        .attr('cy', ({ py }: { py: number }) => py)
        .attr('r', 3);
      details.html('');
      const head =
        shown === null
          ? 'The longest order. Point at an operation, or focus it, for the order up to it.'
          : `${shown.label} — process ${shown.process}, ${shown.when}`;
      details.append('h3').text(head);
      if (order === undefined) {
        details
          .append('p')
          .text(
            shown?.stuck
              ? 'No order of what was called before its return has a place for it.'
              : 'It is in none of the orders that came this far.',
          );
        return;
      }
      if (number !== 0)
        details.append('p').text('It is not in the longest order, but in one that came less far:');
      const listed = steps.slice(-LISTED);
      const before = order.hidden + steps.length - listed.length;
      if (before > 0) details.append('p').text(`${before} before these`);
      const rows = details
        .append('ol')
        .attr('start', before + 1)
        .selectAll('li')
        .data(listed)
        .join('li');
      rows.append('code').text((step: { label: string }) => step.label);
      rows.append('span').text((step: { state: string }) => ` then ${step.state}`);
    };
    bars
      .on('mouseenter', (_: unknown, operation: PageOperation) => show(operation))
      .on('focus', (_: unknown, operation: PageOperation) => show(operation))
      .on('keydown', (event: { key: string; preventDefault(): void }, operation: PageOperation) => {
        const by = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0;
        if (by === 0) return;
        event.preventDefault();
        svg.node().querySelectorAll('.operation')[operations.indexOf(operation) + by]?.focus();
      });
    svg.on('mouseleave', () => show(null));
    show(null);
    const stuck = operations.find((operation) => operation.stuck);
    const node = scroll.node();
    if (stuck !== undefined) node.scrollLeft = endOf(stuck) - node.clientWidth * 0.7;
  }
}
