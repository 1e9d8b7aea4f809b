// Brings recorded cases of Terraform with the real docker provider into this repository, one JSON file per case:
//   node test/data/import-recorded.mjs FOLDER
// A folder has one case per sub-folder: configuration files, _stepN/ with what changes before step N, and
// expected/stepN/{plan,state,again,error}.json. What comparing does not need (inspect answers, marks, defaults of
// JSON) stays behind. Files under test/data/recorded are replaced as a whole.
import { mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const target = join(dirname(fileURLToPath(import.meta.url)), 'recorded');

async function main(folder) {
  if (!folder) throw new Error('usage: node test/data/import-recorded.mjs FOLDER');
  await rm(target, { recursive: true, force: true });
  await mkdir(target, { recursive: true });
  let count = 0;
  for (const name of (await readdir(folder)).sort()) {
    if (!(await isFolder(join(folder, name, 'expected')))) continue;
    const text = `${JSON.stringify(await readCase(join(folder, name)))}\n`;
    await writeFile(join(target, `${name}.json`), text);
    count++;
  }
  console.log(`${count} cases imported.`);
}

async function readCase(folder) {
  const files = {};
  for (const path of await filesBelow(folder)) {
    if (path.startsWith('expected/')) continue;
    files[path] = await readFile(join(folder, path), 'utf8');
  }
  const steps = [];
  for (let number = 1; await isFolder(join(folder, 'expected', `step${number}`)); number++) {
    steps.push(await readStep(join(folder, 'expected', `step${number}`)));
  }
  return { files, steps };
}

async function readStep(folder) {
  const plan = await readJson(join(folder, 'plan.json'));
  const error = await readJson(join(folder, 'error.json'));
  return {
    changes: (plan?.resource_changes ?? []).map(slimChange),
    state: slimState(await readJson(join(folder, 'state.json'))),
    again: ((await readJson(join(folder, 'again.json'))) ?? []).map((change) => `${change.address}:${change.change.actions}`),
    ...(error === undefined ? {} : { error: { phase: error.phase, summaries: error.diagnostics.map((it) => it.summary) } }),
  };
}

function slimChange({ address, mode, type, change, action_reason: reason, previous_address: previous, deposed }) {
  const { actions, before, after, after_unknown: unknown, replace_paths: replacePaths } = change;
  const same = JSON.stringify(before) === JSON.stringify(after);
  return compact({
    address,
    mode,
    type,
    actions,
    reason,
    previous,
    deposed,
    ...(same ? { before } : { before: before ?? undefined, after: after ?? undefined }),
    unknown: slimUnknown(unknown),
    replacePaths,
  });
}

/** `false` and absent are the same in after_unknown. */
function slimUnknown(value) {
  if (Array.isArray(value)) {
    const elements = value.map((element) => slimUnknown(element) ?? null);
    return elements.some((element) => element !== null) ? elements : undefined;
  }
  if (typeof value !== 'object' || value === null) return value || undefined;
  const entries = Object.entries(value).map(([name, entry]) => [name, slimUnknown(entry)]);
  const kept = entries.filter(([, entry]) => entry !== undefined);
  return kept.length === 0 ? undefined : Object.fromEntries(kept);
}

function slimState(state) {
  return (state?.resources ?? []).flatMap(({ module, mode, type, name, instances }) =>
    instances.map((instance) => compact({ module, mode, type, name, ...instance })),
  );
}

function compact(object) {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined));
}

async function filesBelow(folder) {
  const found = [];
  for (const entry of await readdir(folder, { withFileTypes: true, recursive: true })) {
    if (entry.isFile()) found.push(relative(folder, join(entry.parentPath ?? entry.path, entry.name)));
  }
  return found.sort();
}

async function readJson(file) {
  try {
    return JSON.parse(await readFile(file, 'utf8'));
  } catch (error) {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  }
}

async function isFolder(path) {
  return stat(path).then(
    (info) => info.isDirectory(),
    () => false,
  );
}

await main(process.argv[2]);
