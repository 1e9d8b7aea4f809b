// Copies the whole-configuration vectors into test/data/vectors/programs: configuration files as they are, steps and
// expectations without white space. Usage: node test/data/import-programs.mjs <folder of the vectors>
import { cpSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const [source] = process.argv.slice(2);
if (source === undefined) {
  console.error('usage: node test/data/import-programs.mjs <folder that holds "programs">');
  process.exit(2);
}

const target = join(dirname(fileURLToPath(import.meta.url)), 'vectors', 'programs');
rmSync(target, { recursive: true, force: true });
mkdirSync(target, { recursive: true });
const programs = readdirSync(join(source, 'programs')).sort();
for (const program of programs) {
  const from = join(source, 'programs', program);
  const to = join(target, program);
  cpSync(from, to, { recursive: true, filter: (path) => !/\/(steps|expected)\.json$/.test(path) });
  for (const name of ['steps.json', 'expected.json']) {
    writeFileSync(join(to, name), `${JSON.stringify(JSON.parse(readFileSync(join(from, name), 'utf8')))}\n`);
  }
}
console.log(`${programs.length} programs`);
