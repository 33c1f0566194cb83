#!/usr/bin/env node
/** The `zab-lab` command. */
import { execute } from './program.ts';

// Whoever reads us may stop early (`zab-lab run … | head`).
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit();
  throw error;
});

process.exitCode = await execute(process.argv.slice(2));
