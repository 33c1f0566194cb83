/** All that a server or client is at a place in the run: facts in a few words, and its whole state as fields. */
import { formatZxid } from '../../protocol/zxid.ts';
import { subjectName } from '../../sim/sentences.ts';
import { type Field, fieldsOf } from './inspect.ts';
import type { Machine } from './messages.ts';
import type { Recording } from './recording.ts';

export function stateOf({ state }: Recording, { id }: Machine): readonly Field[] {
  const machine = state.world.machines.get(id);
  if (machine === undefined) return [];
  const { actor, disk } = machine;
  const fields: Field[] = [...(actor === null ? [] : fieldsOf(actor))];
  if (id < 1000) {
    fields.push({
      name: 'disk',
      text: '',
      fields: fieldsOf({
        values: disk.values,
        files: disk.list().map((file) => `${file}: ${disk.size(file)} bytes`),
      }),
    });
  }
  const timers = [...machine.timers.values()].map(
    ({ name, time }) => `${name} at ${(time / 1000).toFixed(3)} ms`,
  );
  fields.push({ name: 'timers', text: `${timers.length}`, fields: fieldsOf(timers) });
  const channels = [...machine.channels.values()].map(
    ({ channel, port, peer, inFlight }) =>
      `${channel}: ${port}, with ${subjectName(peer.machine.id)}${inFlight > 0 ? `, ${inFlight} under way` : ''}`,
  );
  fields.push({ name: 'channels', text: `${channels.length}`, fields: fieldsOf(channels) });
  return fields;
}

export function factsOf(recording: Recording, { id }: Machine): { name: string; text: string }[] {
  const frame = recording.frame();
  const fact = (name: string, text: string | number): { name: string; text: string } => ({
    name,
    text: String(text),
  });
  const zxid = (value: number): string => (value === 0 ? 'nothing' : formatZxid(value));
  const server = frame.servers.find((one) => one.id === id);
  if (server !== undefined) {
    const { role, phase, life, log } = server;
    return [
      fact(
        'role',
        life === 'up' || life === 'paused' ? role.toLowerCase() : life === 'off' ? 'no power' : 'down',
      ),
      fact('phase', phase?.toLowerCase() ?? 'none'),
      ...(server.vote === null
        ? []
        : [fact('votes for', `${server.vote.leader} in round ${server.vote.round}`)]),
      ...(server.leader > 0 ? [fact('leader', server.leader)] : []),
      fact('epoch', `${server.currentEpoch} (accepted ${server.acceptedEpoch})`),
      fact('log written to', zxid(log.written.at(-1) ?? (log.more ? log.durable : 0))),
      fact('on disk to', zxid(log.durable)),
      fact('acknowledged to', zxid(log.acked)),
      fact('committed to', zxid(log.committed)),
      fact('applied to', zxid(server.lastZxid)),
      fact('sessions in its tree', server.sessions),
      fact('clients connected', server.connections),
      fact('disk', server.disk),
    ];
  }
  const client = frame.clients.find((one) => one.id === id);
  if (client === undefined) return [];
  return [
    fact('program', client.program),
    fact('state', client.life === 'up' ? client.state.toLowerCase() : client.life),
    fact('server', client.server === 0 ? 'none' : client.server),
    fact('session', /^0*$/.test(client.session) ? 'none' : `0x${client.session.replace(/^0+/, '')}`),
    fact('has seen', zxid(client.lastZxid)),
    fact('waits for', client.waiting === 1 ? '1 answer' : `${client.waiting} answers`),
  ];
}
