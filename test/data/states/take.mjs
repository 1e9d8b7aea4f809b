// Takes a compact sample of recorded states: run with the folder of the recordings, `node take.mjs FOLDER`, which holds
// CASE/expected/stepN/state.json. One state for each kind of object, told apart by its resource type and the fields
// that its instances have, goes into recorded.jsonl, one per line. written-by-terraform.tfstate was written by
// Terraform 1.11.4 itself and is kept byte for byte.
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const source = process.argv[2];
if (!source) throw new Error('usage: node take.mjs FOLDER');

function recordedStates() {
  return readdirSync(source, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .flatMap(({ name }) => readdirIfThere(join(source, name, 'expected')).map((step) => join(name, 'expected', step, 'state.json')))
    .flatMap((path) => {
      try {
        return [{ path, state: JSON.parse(readFileSync(join(source, path), 'utf8')) }];
      } catch (error) {
        if (error.code === 'ENOENT') return [];
        throw error;
      }
    })
    .filter(({ state }) => state.version);
}

function readdirIfThere(path) {
  try {
    return readdirSync(path);
  } catch {
    return [];
  }
}

function kindsIn(state) {
  return (state.resources ?? []).flatMap((resource) =>
    resource.instances.map((instance) => `${resource.mode} ${resource.type} ${Object.keys(instance).sort()}`),
  );
}

const seen = new Set();
const taken = recordedStates()
  .sort((a, b) => a.path.localeCompare(b.path))
  .filter(({ state }) => {
    const fresh = kindsIn(state).filter((kind) => !seen.has(kind));
    for (const kind of fresh) seen.add(kind);
    return fresh.length > 0;
  });
const lines = taken.map(({ path, state }) => JSON.stringify({ case: path.split('/')[0], state }));
const target = join(dirname(fileURLToPath(import.meta.url)), 'recorded.jsonl');
writeFileSync(target, `${lines.join('\n')}\n`);
console.log(`${lines.length} states with ${seen.size} kinds of objects`);
