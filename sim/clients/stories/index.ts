/** Programs that play a part in one story: they act once, at given times, and tell what they see. */
import type { ClientProgramFactory } from '../../catalog.ts';
import { programActor } from '../program.ts';
import { lockHolder } from './lock-holder.ts';
import { reader } from './reader.ts';
import { transfer } from './transfer.ts';
import { watchingReader } from './watching-reader.ts';

export const storyPrograms: Readonly<Record<string, ClientProgramFactory>> = {
  lockHolder: programActor(lockHolder),
  reader: programActor(reader),
  transfer: programActor(transfer),
  watchingReader: programActor(watchingReader),
};
