// Measures the committed data anew: npm run notebooks:data -- [name …]. Without names, all of it.
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { fileText, measureAll, toFile } from './experiment.ts';
import { experimentNamed, experiments } from './experiments.ts';

const names = process.argv.slice(2);
for (const { name } of names.length === 0 ? experiments : names.map(experimentNamed)) {
  const experiment = experimentNamed(name);
  const begin = performance.now();
  const measured = measureAll(experiment, experiment.defaults, (done, all) => {
    if (process.stderr.isTTY) process.stderr.write(`\r${name} ${done}/${all} `);
    else if (done === all) process.stderr.write(`${name} ${done}/${all} `);
  });
  const text = fileText(toFile(experiment, measured));
  writeFileSync(fileURLToPath(new URL(`./data/${name}.json`, import.meta.url)), text);
  const seconds = (performance.now() - begin) / 1000;
  process.stderr.write(`in ${seconds.toFixed(0)} s, ${(text.length / 1000).toFixed(1)} kB\n`);
}
