/** Simulated clients. */
import type { ClientProgramFactory } from '../catalog.ts';
import { ecosystemPrograms } from './ecosystem/index.ts';
import { mix } from './mix.ts';
import { recipePrograms } from './recipes/index.ts';
import { script } from './script.ts';
import { service } from './service.ts';
import { storyPrograms } from './stories/index.ts';

export { CLIENT_MEMBERS, type ClientParams } from './params.ts';
export { type ProgramDefinition, programActor } from './program.ts';
export { mix, script, service };

/** The client programs of this folder by name, for catalogs. */
export const clientPrograms: Readonly<Record<string, ClientProgramFactory>> = {
  mix,
  script,
  service,
  ...recipePrograms,
  ...storyPrograms,
  ...ecosystemPrograms,
};
