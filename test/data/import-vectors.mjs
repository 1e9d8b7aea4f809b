// Takes what the tests of the language's syntax need from a folder of recorded vectors: what `terraform fmt -` printed
// for each input, and the syntax errors that Terraform 1.11.4 gave for expressions and programs.
//
//   node test/data/import-vectors.mjs <vectors folder>
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
const [source] = process.argv.slice(2);
if (source === undefined) throw new Error('usage: node test/data/import-vectors.mjs <vectors folder>');

/** Summaries that the parser gives. Those that start with a capital word and a directive's name are patterns. */
const SYNTAX_SUMMARY = new RegExp(
  `^(${[
    'Invalid (expression|escape sequence|character|multi-line string|attribute name|number literal)',
    "Invalid ('for' (expression|directive)|template (directive|control keyword)|legacy index syntax)",
    'Invalid (block definition|single-argument block definition)',
    'Missing (newline after argument|item separator|key/value separator|attribute separator|argument separator)',
    'Missing (attribute value|closing parenthesis|function name|open parenthesis|false expression in conditional)',
    'Missing close bracket on (index|splat index)',
    'Un(supported operator|terminated template string|closed configuration block)',
    'Unexpected ((endif|else|endfor) directive|end of template|comma after argument)',
    'Extra characters (after interpolation expression|in (if|for) marker)',
    'Nested splat expression not allowed',
    'Arg(ument or block definition required|ument definition required)',
    'Attribute redefined',
  ].join('|')})$`,
);

/** Other rooms say "Invalid expression" too, with other details. */
const isSyntaxError = ({ summary, detail }) =>
  SYNTAX_SUMMARY.test(summary) && (summary !== 'Invalid expression' || detail.startsWith('Expected the start'));

function writeLines(path, rows) {
  mkdirSync(dirname(join(here, path)), { recursive: true });
  writeFileSync(join(here, path), rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
  console.log(`${path}: ${rows.length}`);
}

function formatCases() {
  const folder = join(source, 'fmt');
  const names = readdirSync(folder).filter((name) => name.endsWith('.in.tf'));
  return names.sort().map((file) => {
    const name = file.replace(/\.in\.tf$/, '');
    const read = (ending) => {
      const path = join(folder, name + ending);
      return existsSync(path) ? readFileSync(path, 'utf8') : undefined;
    };
    return { name, input: read('.in.tf'), output: read('.out.tf'), error: read('.error.txt'), again: read('.out2.tf') };
  });
}

/** `place` is start line and column, end line and column, from 1. */
function errorOf({ summary, detail, range }, firstLine = 0, firstColumn = 0) {
  const place = [range.start, range.end].flatMap(({ line, column }) => [
    line + firstLine,
    line === 1 ? column + firstColumn : column,
  ]);
  return { summary, detail, place };
}

/** Every expression with a syntax error, in the file that it was recorded in. */
function expressionCases() {
  const lines = readFileSync(join(source, 'expressions.jsonl'), 'utf8').split('\n').filter(Boolean);
  return lines.flatMap((line) => {
    const { id, ok, expr, setup, file, more = [], ...error } = JSON.parse(line);
    if (ok || !error.summary || !error.range || !isSyntaxError(error)) return [];
    const errors = [error, ...more].filter(isSyntaxError);
    if (file) return [{ name: id, text: setup, errors: errors.map((each) => errorOf(each)) }];
    const text = `locals {\n  e = ${expr}\n}\noutput "w" {\n  value = { v = local.e }\n}\n`;
    return [{ name: id, text, errors: errors.map((each) => errorOf(each, 1, 6)) }];
  });
}

/** Programs whose main.tf has a syntax error, with the parser's share of the first step's diagnostics. */
function programCases() {
  const folder = join(source, 'programs');
  return readdirSync(folder).sort().flatMap((name) => {
    const [first] = JSON.parse(readFileSync(join(folder, name, 'expected.json'), 'utf8')).steps;
    const errors = (first?.diagnostics ?? []).filter((each) => isSyntaxError(each) && each.range?.filename === 'main.tf');
    if (first?.ok !== false || errors.length === 0) return [];
    const unique = [...new Map(errors.map((each) => [JSON.stringify(each), each])).values()];
    const text = readFileSync(join(folder, name, 'main.tf'), 'utf8');
    return [{ name, text, errors: unique.map((each) => errorOf(each)) }];
  });
}

writeLines('vectors/fmt/cases.jsonl', formatCases());
writeLines('hcl/expression-errors.jsonl', expressionCases());
writeLines('hcl/program-errors.jsonl', programCases());
