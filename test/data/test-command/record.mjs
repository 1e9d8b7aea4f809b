// Records what `terraform test -json` answers to the cases beside this script: exit code, outcome of every file and run,
// diagnostics by severity, summary and place.
//
//   node test/data/test-command/record.mjs [path of terraform]
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

const terraform = process.argv[2] ?? 'terraform';
const here = import.meta.dirname;

function parse(text) {
  const [head = '', ...parts] = text.split(/^-- (.+) --\n/m);
  const files = [];
  for (let at = 0; at < parts.length; at += 2) files.push([parts[at], parts[at + 1]]);
  const args = /^args: (.*)$/m.exec(head)?.[1]?.split(' ') ?? [];
  return { args, files };
}

function answer(name, directory) {
  const { args, files } = parse(readFileSync(join(here, 'cases', name), 'utf8'));
  for (const [path, text] of files) {
    mkdirSync(dirname(join(directory, path)), { recursive: true });
    writeFileSync(join(directory, path), text);
  }
  writeFileSync(join(directory, '..', 'empty.tfrc'), '');
  const env = { ...process.env, TF_CLI_CONFIG_FILE: join(directory, '..', 'empty.tfrc') };
  const run = (...words) => spawnSync(terraform, words, { cwd: directory, env, encoding: 'utf8' });
  run('init', '-backend=false');
  const { stdout, status } = run('test', '-json', ...args);
  const events = stdout.split('\n').filter(Boolean).map((line) => JSON.parse(line));
  const outcomes = events.flatMap(({ type, test_run: run_, test_file: file }) => {
    if (type === 'test_run' && run_.progress !== 'starting') return [`${run_.path} ${run_.run} ${run_.status ?? run_.progress}`];
    return type === 'test_file' && file.progress === 'complete' ? [`${file.path} ${file.status}`] : [];
  });
  const diagnostics = events.flatMap(({ type, diagnostic, '@testrun': inRun }) => {
    if (type !== 'diagnostic') return [];
    const { severity, summary, range } = diagnostic;
    const place = range ? ` ${range.filename}:${range.start.line}:${range.start.column}` : '';
    return [`${inRun ?? '-'} ${severity}${place} ${summary}`];
  });
  const summary = events.find(({ type }) => type === 'test_summary')?.['@message'] ?? null;
  return { code: status, outcomes, diagnostics: diagnostics.sort(), summary };
}

const answers = {};
for (const name of readdirSync(join(here, 'cases')).sort()) {
  const parent = mkdtempSync(join(tmpdir(), 'record-test-'));
  const directory = join(parent, 'work');
  mkdirSync(directory);
  answers[name.replace(/\.txtar$/, '')] = answer(name, directory);
  rmSync(parent, { recursive: true });
}
writeFileSync(join(here, 'recorded.json'), `${JSON.stringify(answers, null, 2)}\n`);
