/**
 * Programs that exercise the recipes, in rounds until clients are to stop. A program whose session has expired is over: a
 * handle has one session. Recipes' paths are told below the chroot, so runs whose recipe properties count use none.
 */
import type { ClientProgramFactory } from '../../catalog.ts';
import { programActor } from '../program.ts';
import { resource } from '../resource.ts';
import { barrier } from './barrier.ts';
import { configuration } from './configuration.ts';
import { counter } from './counter.ts';
import { doubleBarrier } from './double-barrier.ts';
import { group } from './group.ts';
import { leader } from './leader.ts';
import { lock } from './lock.ts';
import { priorityQueue, queue } from './queue.ts';
import { readWriteLock } from './read-write-lock.ts';
import { uniqueNames } from './unique-names.ts';

export const recipePrograms: Readonly<Record<string, ClientProgramFactory>> = {
  resource,
  lock: programActor(lock),
  readWriteLock: programActor(readWriteLock),
  leader: programActor(leader),
  queue: programActor(queue),
  priorityQueue: programActor(priorityQueue),
  barrier: programActor(barrier),
  doubleBarrier: programActor(doubleBarrier),
  counter: programActor(counter),
  group: programActor(group),
  configuration: programActor(configuration),
  uniqueNames: programActor(uniqueNames),
};
