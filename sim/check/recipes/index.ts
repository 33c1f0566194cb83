/** Properties of the recipes (`protocol/client/recipes`) and their monitors; what programs tell is in paths without a chroot. */
import type { Monitor, MonitorContext } from '../../monitor.ts';
import type { Property } from '../property-monitor.ts';
import { RecipeBarrier, recipeBarrier } from './barrier.ts';
import { RecipeCounter, recipeCounter } from './counter.ts';
import { RecipeLeader, recipeLeader } from './leader.ts';
import { RecipeLock, recipeLock } from './lock.ts';
import { RecipeNames, recipeNames } from './names.ts';
import { RecipeQueue, recipeQueue } from './queue.ts';

export const recipeProperties: readonly Property[] = [
  recipeLock,
  recipeLeader,
  recipeQueue,
  recipeBarrier,
  recipeCounter,
  recipeNames,
];

/** A fresh set for one run. */
export function createRecipeMonitors(ctx: MonitorContext): Monitor[] {
  return [
    new RecipeLock(ctx),
    new RecipeLeader(ctx),
    new RecipeQueue(ctx),
    new RecipeBarrier(ctx),
    new RecipeCounter(ctx),
    new RecipeNames(ctx),
  ];
}
