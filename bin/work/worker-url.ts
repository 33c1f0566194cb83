/** Where the pool's workers start: this module's neighbour, as source or built. */
export function workerUrl(): string {
  return new URL(import.meta.url.endsWith('.ts') ? './worker.ts' : './worker.js', import.meta.url).href;
}
