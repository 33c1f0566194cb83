import { describe, expect, it } from 'vitest';
import type { Reply, Request } from '../../viz/model/messages.ts';
import { PATIENCE, Simulator, type WorkerLike } from '../../viz/page/simulator.ts';

class FakeWorker implements WorkerLike {
  onmessage: WorkerLike['onmessage'] = null;
  onerror: WorkerLike['onerror'] = null;
  readonly asked: Request[] = [];
  ended = false;

  postMessage(request: Request): void {
    this.asked.push(request);
  }

  terminate(): void {
    this.ended = true;
  }

  tells(reply: Reply): void {
    this.onmessage?.({ data: reply } as MessageEvent<Reply>);
  }
}

const DONE: Reply = { kind: 'done', recording: false };
const BUSY: Reply = { kind: 'busy' };

function watched() {
  const workers: FakeWorker[] = [];
  const told: string[] = [];
  const heard: Reply[] = [];
  const simulator = new Simulator(
    () => {
      workers.push(new FakeWorker());
      return workers.at(-1)!;
    },
    {
      reply: (reply) => heard.push(reply),
      restarted: (why) => told.push(`restarted: ${why}`),
      given: (why) => told.push(`given: ${why}`),
    },
  );
  const wait = (seconds: number): void => {
    for (let i = 0; i < seconds; i++) simulator.tick();
  };
  return { simulator, workers, told, heard, wait };
}

describe('the worker is watched', () => {
  it('one that has nothing to do may be silent', () => {
    const { simulator, workers, told, wait } = watched();
    wait(100);
    simulator.send({ kind: 'seek', event: 1 });
    workers[0]!.tells(DONE);
    wait(100);
    expect(told).toEqual([]);
  });

  it('one that does not answer is ended and replaced, and the page is told why in a sentence', () => {
    const { simulator, workers, told, heard, wait } = watched();
    workers[0]!.tells(BUSY);
    simulator.send({ kind: 'seek', event: 1 });
    wait(PATIENCE - 1);
    expect(told).toEqual([]);
    wait(1);
    expect(told).toEqual([expect.stringMatching(/^restarted: .* has not answered for \d+ seconds .*\.$/)]);
    expect(workers[0]!.ended).toBe(true);
    // What it still says is not heard; the new one is.
    const before = heard.length;
    workers[0]!.tells(DONE);
    expect(heard).toHaveLength(before);
    simulator.send({ kind: 'link', fragment: '' });
    expect(workers[1]!.asked).toEqual([{ kind: 'link', fragment: '' }]);
  });

  it('one that says that it is busy is let be', () => {
    const { simulator, workers, told, wait } = watched();
    simulator.send({ kind: 'seek', event: 1e9 });
    for (let i = 0; i < 10; i++) {
      wait(PATIENCE - 1);
      workers[0]!.tells(BUSY);
    }
    expect(told).toEqual([]);
  });

  it('one that falls silent while it records is ended too', () => {
    const { simulator, workers, told, wait } = watched();
    simulator.send({ kind: 'link', fragment: '' });
    workers[0]!.tells({ kind: 'done', recording: true });
    wait(PATIENCE);
    expect(told).toHaveLength(1);
  });

  it('one that dies is replaced, but one that never lived is not', () => {
    const { workers, told, simulator } = watched();
    workers[0]!.tells(BUSY);
    workers[0]!.onerror!({ message: 'Uncaught RangeError: too much' } as ErrorEvent);
    expect(told).toEqual([
      'restarted: The simulator stopped by a mistake of its own (RangeError: too much).',
    ]);
    workers[1]!.onerror!({} as ErrorEvent);
    expect(told[1]).toBe('given: The simulator could not be loaded.');
    expect(workers).toHaveLength(2);
    simulator.send({ kind: 'seek', event: 1 });
    expect(workers[1]!.asked).toEqual([]);
  });
});
