/** Servers and clients of the cluster view. */
import { select } from 'd3-selection';
import type { ClientFrame, ServerFrame } from '../model/frame.ts';
import { at, type Group, type OnSelect, type Scene } from './cluster-scene.ts';
import { epochCounter } from './format.ts';
import { CROWN, lookOf, POWER } from './glyphs.ts';
import { CLIENT_RADIUS, type Detail, type Layout } from './layout.ts';

/** What a server is and has, in a sentence; for those who do not see the picture. */
export function serverLabel(server: ServerFrame): string {
  const { id, life, established, currentEpoch, lastZxid, phase, sessions, vote } = server;
  const parts = [`Server ${id}`, lookOf(server).name];
  if (life === 'paused') parts.push('paused');
  if (established) parts.push('established');
  if (vote !== null) parts.push(`votes for ${vote.leader}`);
  if (life === 'up' || life === 'paused') {
    if (phase !== null) parts.push(phase.toLowerCase());
    parts.push(`epoch ${currentEpoch}`, `last zxid ${epochCounter(lastZxid)}`, `${sessions} sessions`);
  }
  return parts.join(', ');
}

/** The two lines below a server, as far as there is room for them. */
function below(server: ServerFrame, detail: Detail): [string, string] {
  const { life, currentEpoch, lastZxid, phase, sessions, vote, role } = server;
  const zxid = epochCounter(lastZxid);
  if (detail === 'least') return [life === 'off' || life === 'down' ? '' : zxid, ''];
  const first = detail === 'short' ? `e${currentEpoch} · ${zxid}` : `epoch ${currentEpoch} · ${zxid}`;
  if (life === 'off') return [first, 'no power'];
  if (life === 'down') return [first, 'down'];
  if (life === 'paused') return [first, 'paused'];
  if (role === 'LOOKING') return [first, vote === null ? 'election' : `votes for ${vote.leader}`];
  const doing = phase === 'SYNCHRONIZATION' ? 'sync' : (phase ?? 'election').toLowerCase();
  if (detail === 'short') return [first, `${doing === 'broadcast' ? 'bcast' : doing}, ${sessions} sess`];
  return [first, `${doing} · ${sessions} ${sessions === 1 ? 'session' : 'sessions'}`];
}

export function servers(group: Group, places: Layout, { frame, selected }: Scene, onSelect: OnSelect): void {
  const one = group
    .selectAll<SVGGElement, ServerFrame>('g.server')
    .data(frame.servers, ({ id }) => id)
    .join((enter) => {
      const made = enter.append('g');
      const button = made.append('g').attr('class', 'button').attr('tabindex', 0).attr('role', 'button');
      button.append('path').attr('class', 'halo');
      button.append('path').attr('class', 'body');
      button.append('path').attr('class', 'crown').attr('d', CROWN).attr('transform', 'translate(0,-38)');
      const words = made.append('g').attr('class', 'words').attr('aria-hidden', 'true');
      words.append('text').attr('class', 'id').attr('dy', '0.35em');
      const badge = words.append('g').attr('class', 'badge').attr('transform', 'translate(21,19)');
      badge.append('circle').attr('r', 9);
      badge.append('text').attr('dy', '0.35em');
      badge.append('path').attr('d', POWER);
      const pause = words.append('g').attr('class', 'pause').attr('transform', 'translate(-21,19)');
      pause.append('circle').attr('r', 9);
      pause.append('path').attr('d', 'M-2.5,-4V4M2.5,-4V4');
      const disk = words.append('g').attr('class', 'disk').attr('transform', 'translate(-21,-19)');
      disk.append('circle').attr('r', 9);
      disk.append('text').attr('dy', '0.35em');
      words.append('text').attr('class', 'below').attr('y', 45);
      words.append('text').attr('class', 'below').attr('y', 60);
      return made;
    })
    .attr('class', (server) => `server ${lookOf(server).style}`)
    .classed('established', ({ established }) => established)
    .classed('selected', ({ id }) => selected?.kind === 'server' && selected.id === id)
    .classed('paused', ({ life }) => life === 'paused')
    .classed('acting', ({ id }) => frame.step?.owner === id)
    .attr('data-id', ({ id }) => id)
    .attr('transform', ({ id }) => at(places.servers.get(id)!));
  one
    .select<SVGGElement>('g.button')
    .attr('aria-label', serverLabel)
    .attr('aria-pressed', ({ id }) => String(selected?.kind === 'server' && selected.id === id))
    .on('click', (_, { id }) => onSelect({ kind: 'server', id }))
    .on('keydown', (event: KeyboardEvent, { id }) => {
      if (event.key === 'Enter') onSelect({ kind: 'server', id });
    });
  one.select<SVGPathElement>('path.body').attr('d', (server) => lookOf(server).path);
  one.select<SVGPathElement>('path.halo').attr('d', (server) => lookOf(server).path);
  one
    .select<SVGPathElement>('path.crown')
    .attr('display', ({ life, role }) => (role === 'LEADING' && life !== 'down' ? null : 'none'));
  one.select('text.id').text(({ id }) => id);
  one.select<SVGTextElement>('g.badge text').text((server) => lookOf(server).letter);
  one.select('g.badge path').attr('display', ({ life }) => (life === 'off' ? null : 'none'));
  one.select('g.pause').attr('display', ({ life }) => (life === 'paused' ? null : 'none'));
  one.select('g.disk').attr('display', ({ disk }) => (disk === 'fine' ? 'none' : null));
  one.select('g.disk text').text(({ disk }) => (disk === 'full' ? '▮' : '⧖'));
  const { detail } = places;
  one
    .classed('short', detail === 'short')
    .classed('least', detail === 'least')
    .each(function (server) {
      const texts = below(server, detail);
      select(this)
        .selectAll<SVGTextElement, unknown>('text.below')
        .each(function (_, i) {
          select(this).text(texts[i]!);
        });
    });
}

export function clientLabel(client: ClientFrame): string {
  const { number, life, state, server, program, waiting } = client;
  const parts = [`Client ${number}`, program, life === 'up' ? state.toLowerCase() : life];
  if (server > 0) parts.push(`server ${server}`);
  if (waiting > 0) parts.push(`waits for ${waiting} ${waiting === 1 ? 'answer' : 'answers'}`);
  return parts.join(', ');
}

export function clients(group: Group, places: Layout, { frame, selected }: Scene, onSelect: OnSelect): void {
  const one = group
    .selectAll<SVGGElement, ClientFrame>('g.client')
    .data(frame.clients, ({ id }) => id)
    .join((enter) => {
      const made = enter.append('g');
      const size = CLIENT_RADIUS;
      made
        .append('rect')
        .attr('tabindex', 0)
        .attr('role', 'button')
        .attr('x', -size - 2)
        .attr('y', -size + 1)
        .attr('width', 2 * size + 4)
        .attr('height', 2 * size - 2)
        .attr('rx', 5);
      made.append('text').attr('dy', '0.35em').attr('aria-hidden', 'true');
      return made;
    })
    .attr('class', ({ life, connected }) => `client ${life === 'up' && connected ? 'open' : life}`)
    .classed('selected', ({ id }) => selected?.kind === 'client' && selected.id === id)
    .classed('waiting', ({ waiting }) => waiting > 0)
    .attr('data-id', ({ id }) => id)
    .attr('transform', ({ id }) => at(places.clients.get(id)!));
  one
    .select<SVGRectElement>('rect')
    .attr('aria-label', clientLabel)
    .attr('aria-pressed', ({ id }) => String(selected?.kind === 'client' && selected.id === id))
    .on('click', (_, { id }) => onSelect({ kind: 'client', id }))
    .on('keydown', (event: KeyboardEvent, { id }) => {
      if (event.key === 'Enter') onSelect({ kind: 'client', id });
    });
  one.select('text').text(({ number }) => `c${number}`);
}
