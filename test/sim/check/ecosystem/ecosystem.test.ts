import { describe, expect, it } from 'vitest';
import { OpCode } from '../../../../protocol/txn.ts';
import { catalog, findScenario } from '../../../../scenarios/index.ts';
import { flinkTaskExecutor } from '../../../../sim/clients/ecosystem/flink.ts';
import { hbaseFiles } from '../../../../sim/clients/ecosystem/hbase.ts';
import { kafkaBroker } from '../../../../sim/clients/ecosystem/kafka.ts';
import { type Part, processOf } from '../../../../sim/clients/ecosystem/process.ts';
import { simulate } from '../../../../sim/simulation.ts';
import { changed, closed, created, EcosystemBench } from './ecosystem-bench.ts';

const bench = () => new EcosystemBench();

/** The properties that a story violates when one of its processes is broken. */
function violatedBy(id: string, program: string, broken: Part): string[] {
  const programs = { ...catalog.programs, [program]: processOf(broken) };
  const { violations } = simulate(findScenario(id)!.run, { ...catalog, programs });
  return [...new Set(violations.map(({ property }) => property))];
}

describe('ECO-KAFKA', () => {
  const state = '/brokers/topics/orders/partitions/0/state';
  const governed = () =>
    bench()
      .commit('s1', {
        type: OpCode.multi,
        txns: [created('/controller', '', true), changed('/controller_epoch', '1')],
      })
      .told(1001, 'kafka', 'elected', '/controller', 1)
      .told(1002, 'kafka', 'obeyed', state, 1, 'broker 1')
      .commit('s1', changed(state, '{"controller_epoch":1,"leader":1}'))
      .commit('s2', changed('/controller_epoch', '2'))
      .told(1003, 'kafka', 'elected', '/controller', 2)
      .told(1002, 'kafka', 'obeyed', state, 2, 'broker 3');

  it('ECO-KAFKA holds when an epoch follows the other, and a broker that starts anew knows of none', () => {
    const held = governed().started(1002).told(1002, 'kafka', 'obeyed', state, 1, 'broker 1');
    expect(held.violations).toEqual([]);
    expect(held.checked('ECO-KAFKA')).toBe(true);
    expect(bench().checked('ECO-KAFKA')).toBe(false);
  });

  it('ECO-KAFKA fails when a broker obeys an epoch older than one it has obeyed', () => {
    expect(governed().told(1002, 'kafka', 'obeyed', state, 1, 'broker 1').violations).toEqual([
      'ECO-KAFKA: client 1002 obeyed broker 1 of epoch 1 after epoch 2',
    ]);
  });

  it('ECO-KAFKA fails when state is written under an old epoch, or two are elected with one', () => {
    expect(governed().commit('s1', changed(state, '{"controller_epoch":1}')).violations).toEqual([
      `ECO-KAFKA: ${state} was written under epoch 1 when /controller_epoch held 2`,
    ]);
    expect(governed().told(1001, 'kafka', 'elected', '/controller', 2).violations).toHaveLength(1);
  });

  it('ECO-KAFKA fails in the story when brokers do not look at epochs', () => {
    const judge: Part['judge'] = () => ({ accepted: true, action: 'obeyed' });
    expect(violatedBy('kafka-controller-epoch', 'kafkaBroker', { ...kafkaBroker, judge })).toEqual([
      'ECO-KAFKA',
    ]);
  });
});

describe('ECO-HBASE', () => {
  const assigned = () =>
    bench()
      .commit('s1', created('/hbase/rs/rs1', '', true))
      .told(1001, 'hbase', 'assigned', 'north', 5, 'rs1');

  it('ECO-HBASE holds when a region goes on after its server is gone and its log closed', () => {
    const held = assigned()
      .told(1001, 'hbase', 'wrote edits', 'north', -1, 'rs1')
      .commit('s1', closed('/hbase/rs/rs1'))
      .told(1001, 'hbase', 'closed log', '', 5, 'rs1')
      .told(1001, 'hbase', 'assigned', 'north', 5, 'rs2')
      .told(1001, 'hbase', 'wrote edits', 'north', -1, 'rs2');
    expect(held.violations).toEqual([]);
    expect(held.checked('ECO-HBASE')).toBe(true);
  });

  it('ECO-HBASE fails when the server is still there, its log open, or a closed log takes edits', () => {
    expect(assigned().told(1001, 'hbase', 'assigned', 'north', 5, 'rs2').violations).toEqual([
      'ECO-HBASE: north went to rs2 while the znode of rs1 was there',
      'ECO-HBASE: north went to rs2 while the log of rs1 was open',
    ]);
    const late = assigned()
      .told(1001, 'hbase', 'closed log', '', 5, 'rs1')
      .told(1001, 'hbase', 'wrote edits', 'north', -1, 'rs1');
    expect(late.violations).toEqual(['ECO-HBASE: rs1 wrote to north after its log was closed']);
  });

  it('ECO-HBASE fails in the story when the file system takes edits of a server whose log is closed', () => {
    const judge: Part['judge'] = (memory, order, params) =>
      order.order === 'append'
        ? { accepted: true, action: 'wrote edits' }
        : hbaseFiles.judge!(memory, order, params);
    expect(violatedBy('hbase-region-server-dies', 'hbaseFiles', { ...hbaseFiles, judge })).toEqual([
      'ECO-HBASE',
    ]);
  });
});

describe('ECO-SOLR', () => {
  const state = '/collections/books/state.json';
  const leader = '/collections/books/leaders/shard1/leader';
  const mark = '/collections/books/leader_initiated_recovery/shard1/replica4';
  const led = () =>
    bench()
      .commit('s1', created(leader, '', true))
      .told(1003, 'solr', 'leader', leader, 1)
      .commit('s9', changed(state, '{"leader":"a","term":1}'))
      .commit('s1', changed(mark, ''))
      .commit('s1', closed(leader))
      .commit('s2', created(leader, '', true))
      .commit('s9', changed(state, '{"leader":"b","term":2}'));

  it('ECO-SOLR holds while the state follows the leaders', () => {
    expect(led().violations).toEqual([]);
    expect(led().checked('ECO-SOLR')).toBe(true);
  });

  it('ECO-SOLR fails when the state goes back, or a leader of the past marks a replica, or two lead under one version', () => {
    expect(led().commit('s9', changed(state, '{"leader":"a","term":1}')).violations).toEqual([
      `ECO-SOLR: ${state} names the leader of version 1 after that of version 2`,
    ]);
    expect(led().commit('s1', changed(mark, '')).violations).toHaveLength(1);
    expect(led().told(1004, 'solr', 'leader', leader, 1).violations).toHaveLength(1);
  });
});

describe('ECO-FLINK', () => {
  const pointer = '/flink/lab/jobs/wordcount/checkpoints';
  const run = () =>
    bench()
      .told(1003, 'flink', 'leader', '', 5)
      .told(1001, 'flink', 'registered at', '', 5, 'a')
      .told(1001, 'flink', 'heeded', '', 5, 'a')
      .commit('s1', changed(pointer, '{"checkpoint":1,"after":0}'))
      .told(1004, 'flink', 'leader', '', 9)
      .told(1001, 'flink', 'registered at', '', 9, 'b')
      .commit('s2', changed(pointer, '{"checkpoint":2,"after":1}'));

  it('ECO-FLINK holds when each checkpoint continues the last and one leader is heeded', () => {
    expect(run().violations).toEqual([]);
    expect(run().checked('ECO-FLINK')).toBe(true);
  });

  it('ECO-FLINK fails when a checkpoint forgets another, or a TaskManager heeds or goes back to an old leader', () => {
    expect(run().commit('s1', changed(pointer, '{"checkpoint":2,"after":1}')).violations).toEqual([
      `ECO-FLINK: checkpoint 2 of ${pointer} continues 1, but the last one was 2`,
    ]);
    expect(run().told(1001, 'flink', 'heeded', '', 5, 'a').violations).toHaveLength(1);
    expect(run().told(1001, 'flink', 'registered at', '', 5, 'a').violations).toHaveLength(1);
    expect(run().told(1003, 'flink', 'leader', '', 9).violations).toHaveLength(1);
  });

  it('ECO-FLINK fails in the story when a TaskManager looks at no fencing token', () => {
    const judge: Part['judge'] = (memory, order, params) =>
      order.order === 'leader'
        ? flinkTaskExecutor.judge!(memory, order, params)
        : { accepted: true, action: 'heeded' };
    const broken = { ...flinkTaskExecutor, judge };
    expect(violatedBy('flink-stale-checkpoint', 'flinkTaskExecutor', broken)).toEqual(['ECO-FLINK']);
  });
});

describe('ECO-ELASTICSEARCH', () => {
  const state = '/es/clusters/lab/state/parts';
  const leader = '/es/clusters/lab/leader';
  const published = () =>
    bench()
      .commit('s1', created(leader, 'a', true))
      .commit('s1', changed(state, '{"version":4,"master":"a"}'))
      .told(1002, 'elasticsearch', 'adopted', state, 4)
      .commit('s1', closed(leader))
      .commit('s2', created(leader, 'b', true))
      .commit('s2', changed(state, '{"version":5,"master":"b"}'))
      .told(1002, 'elasticsearch', 'adopted', state, 5);

  it('ECO-ELASTICSEARCH holds when masters publish in turn, and who joins anew may begin with an old state', () => {
    const held = published()
      .told(1002, 'elasticsearch', 'joined')
      .told(1002, 'elasticsearch', 'adopted', state, 4);
    expect(held.violations).toEqual([]);
    expect(held.checked('ECO-ELASTICSEARCH')).toBe(true);
  });

  it('ECO-ELASTICSEARCH fails when another than the leader publishes, or a state goes back', () => {
    expect(published().commit('s1', changed(state, '{"version":6}')).violations).toEqual([
      `ECO-ELASTICSEARCH: ${state} was written by session s1 while s2 was leader`,
    ]);
    expect(published().commit('s2', changed(state, '{"version":4}')).violations).toHaveLength(1);
    expect(published().told(1002, 'elasticsearch', 'adopted', state, 4).violations).toHaveLength(1);
  });
});

describe('ECO-DUBBO', () => {
  const providers = '/dubbo/lab.Greeting/providers';
  const url = (host: string) => `${providers}/dubbo%3A%2F%2F${host}%3A20880%2Flab.Greeting`;
  const registered = () =>
    bench()
      .commit('s0', created(providers))
      .commit('s1', created(url('host1'), '', true))
      .commit('s2', created(url('host2'), '', true))
      .told(1003, 'dubbo', 'notified', providers, 3, 'host1 host2')
      .told(1003, 'dubbo', 'called', '', -1, 'host1')
      .commit('s1', closed(url('host1')))
      .told(1003, 'dubbo', 'called in vain', '', -1, 'host1')
      .told(1003, 'dubbo', 'notified', providers, 4, 'host2');

  it('ECO-DUBBO holds while consumers follow the registry', () => {
    expect(registered().violations).toEqual([]);
    expect(registered().checked('ECO-DUBBO')).toBe(true);
  });

  it('ECO-DUBBO fails for a list that never was, an older list, and a call of who is not on it', () => {
    expect(registered().told(1003, 'dubbo', 'notified', providers, 4, 'host1').violations).toEqual([
      'ECO-DUBBO: client 1003 was notified of [host1] as of zxid 4, when there was [host2]',
    ]);
    expect(registered().told(1003, 'dubbo', 'notified', providers, 3, 'host1 host2').violations).toHaveLength(
      1,
    );
    expect(registered().told(1003, 'dubbo', 'called', '', -1, 'host1').violations).toHaveLength(1);
  });
});

describe('ECO-CURATOR', () => {
  const node = (digit: string, number: number) =>
    `/curator/mutex/_c_${digit.repeat(32)}-lock-000000000${number}`;

  it('ECO-CURATOR holds when a node is made again after it was deleted', () => {
    const held = bench()
      .commit('s1', created(node('a', 0), '', true))
      .commit('s2', created(node('b', 1), '', true))
      .commit('s1', { type: OpCode.delete, path: node('a', 0) })
      .commit('s1', created(node('a', 2), '', true));
    expect(held.violations).toEqual([]);
    expect(held.checked('ECO-CURATOR')).toBe(true);
  });

  it('ECO-CURATOR fails when two nodes stand under one GUID', () => {
    const twice = bench()
      .commit('s1', created(node('a', 0), '', true))
      .commit('s1', created(node('a', 1), '', true));
    expect(twice.violations).toEqual([
      `ECO-CURATOR: ${node('a', 1)} was made while ${node('a', 0)} was there`,
    ]);
    expect(bench().told(1001, 'curator', 'own nodes', '/curator/mutex', 2).violations).toHaveLength(1);
  });
});
