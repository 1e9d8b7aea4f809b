// Asks `terraform validate` (1.11, on the PATH) again what it says of each configuration of config/mistakes.jsonl, and
// writes the answers there: severity, summary, detail and place of every diagnostic, sorted, each once.
//
//   node test/data/record-mistakes.mjs
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const path = join(dirname(fileURLToPath(import.meta.url)), 'config', 'mistakes.jsonl');

function terraform(directory, ...args) {
  const env = { ...process.env, TF_CLI_CONFIG_FILE: join(directory, 'empty.rc'), CHECKPOINT_DISABLE: '1' };
  return spawnSync('terraform', args, { cwd: directory, env, encoding: 'utf8' }).stdout;
}

function placeOf({ filename, start, end }) {
  return `${filename}:${start.line},${start.column}-${end.line},${end.column}`;
}

function record({ files }) {
  const directory = mkdtempSync(join(tmpdir(), 'stowage-mistakes-'));
  writeFileSync(join(directory, 'empty.rc'), '');
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(directory, name)), { recursive: true });
    writeFileSync(join(directory, name), text);
  }
  if (Object.values(files).some((text) => text.includes('module '))) terraform(directory, 'get');
  const { diagnostics } = JSON.parse(terraform(directory, 'validate', '-json'));
  rmSync(directory, { recursive: true });
  const rows = diagnostics.map(({ severity, summary, detail, range }) =>
    JSON.stringify([severity, summary, detail, range ? placeOf(range) : '']),
  );
  return { files, diagnostics: [...new Set(rows)].sort().map((row) => JSON.parse(row)) };
}

const lines = readFileSync(path, 'utf8').trimEnd().split('\n');
writeFileSync(path, lines.map((line) => `${JSON.stringify(record(JSON.parse(line)))}\n`).join(''));
