/**
 * Asks the real `terraform console` (1.11, on the PATH) for the answers in test/data/functions and rewrites them. A new row
 * is an expression on a line of its own with an indented line below it, which this fills in.
 *
 *   node test/unit/functions/record-answers.mjs [file.txt...]
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const folder = new URL('../../data/functions/', import.meta.url);
const directory = mkdtempSync(join(tmpdir(), 'answers-'));
// `local.us` is what tests call a value that is unknown and of unknown type.
writeFileSync(
  join(directory, 'main.tf'),
  'resource "terraform_data" "u" {\n  input = "x"\n}\nlocals {\n  us = terraform_data.u.output\n}\n',
);
const environment = { ...process.env, TF_CLI_CONFIG_FILE: join(directory, 'empty.tfrc'), HOME: directory };
writeFileSync(environment.TF_CLI_CONFIG_FILE, '');
spawnSync('terraform', ['init'], { cwd: directory, env: environment });

function consoleSays(expression) {
  const run = spawnSync('terraform', ['console'], {
    cwd: directory,
    env: environment,
    input: `${expression}\n`,
    encoding: 'utf8',
  });
  if (run.error) throw run.error;
  return { ok: run.status === 0, out: run.stdout.trim(), error: run.stderr };
}

function oneLine(text) {
  return text.replace(/\s+/g, ' ').trim();
}

/** `error: <summary>: <detail>` from the box that Terraform draws. */
function errorText(box) {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: colours begin with an escape character
  const plain = box.replace(/\x1b\[[0-9;]*m/g, '');
  const lines = plain
    .split('\n')
    .filter((line) => line.startsWith('│'))
    .map((line) => line.replace(/^│ ?/, ''));
  const summary = lines.find((line) => line.startsWith('Error: '))?.slice('Error: '.length) ?? '';
  const isNoise = (line) => /^Error: |^ {2}on |source code not available|^\s+[├│]|^\s*\d+:/.test(line);
  return `error: ${summary.trim()}: ${lines.filter((line) => !isNoise(line)).join(' ')}`;
}

/** The console shows strings with templates and large characters escaped its own way. */
function unquote(text) {
  const json = text
    .replaceAll('$${', '${')
    .replaceAll('%%{', '%{')
    .replace(/\\U([0-9a-f]{8})/g, (_, digits) => String.fromCodePoint(Number.parseInt(digits, 16)));
  return JSON.parse(json);
}

function answer(expression) {
  const encoded = consoleSays(`jsonencode(${expression})`);
  if (!encoded.ok) return errorText(consoleSays(expression).error);
  const shown = encoded.out.startsWith('(sensitive') ? consoleSays(`jsonencode(nonsensitive(${expression}))`) : encoded;
  if (!shown.out.startsWith('"')) return 'unknown';
  return `${unquote(shown.out)} ${consoleSays(`type(${expression})`).out.replace(/\s+/g, '')}`;
}

const files = process.argv.length > 2 ? process.argv.slice(2) : readdirSync(folder);
for (const file of files) {
  const lines = readFileSync(new URL(file, folder), 'utf8').split('\n');
  const rewritten = lines.map((line, index) => {
    return line.startsWith('  ') ? `  ${oneLine(answer(lines[index - 1]))}` : line;
  });
  writeFileSync(new URL(file, folder), rewritten.join('\n'));
  console.log(file);
}
rmSync(directory, { recursive: true });
