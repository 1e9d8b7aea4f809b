import { generateKeyPairSync, publicEncrypt, constants } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadFunctions } from '../../../core/eval/functions/table.ts';
import type { FunctionTable } from '../../../core/eval/scope.ts';
import { stringValue } from '../../../core/value/value.ts';
import { answer } from './answer.ts';

let functions: FunctionTable;
let baseDirectory: string;
const filesRead: string[] = [];

beforeAll(async () => {
  functions = await loadFunctions('all');
  baseDirectory = mkdtempSync(join(tmpdir(), 'functions-'));
  for (const folder of ['d/sub/deep', 'd/.hidden', 'd/c.d'])
    mkdirSync(join(baseDirectory, folder), { recursive: true });
  const files: Record<string, string | Buffer> = {
    'd/a.md': 'a\n',
    'd/b.txt': 'b',
    'd/q[1].txt': '',
    'd/b{r}.txt': '',
    'd/.dot.md': '',
    'd/.hidden/h.md': '',
    'd/sub/c.md': 'c',
    'd/sub/deep/d.md': '',
    'bad.bin': Buffer.from([0xff, 0xfe]),
    'hello.tftpl': 'Hello, ${name}!',
    'only.tftpl': '${list}',
    'again.tftpl': '${templatefile("hello.tftpl", {})}',
    'two.tftpl': 'a ${x} ${y}',
    'broken.tftpl': 'a ${',
    'bom.tftpl': '\ufeffbom',
    'calls.tftpl': '${upper(file("d/b.txt"))}',
  };
  for (const [name, content] of Object.entries(files)) writeFileSync(join(baseDirectory, name), content);
  symlinkSync('sub', join(baseDirectory, 'd/link'));
  symlinkSync('..', join(baseDirectory, 'd/sub/up'));
});

afterAll(() => rmSync(baseDirectory, { recursive: true }));

function ask(expression: string, pure = false): string {
  const context = { baseDirectory, pure, onFileRead: (path: string) => filesRead.push(path) };
  const locals = { tpl: stringValue('T${name}'), reads: stringValue('${file("d/b.txt")}'), bad: stringValue('x${') };
  return answer(expression, { functions, context, locals });
}

const NO_FILE =
  'this function works only with files that are distributed as part of the configuration source code, so if this file will be created by a resource in this configuration you must instead obtain this result from an attribute of that resource.';
const INVALID = 'error: Invalid function argument: Invalid value for';

describe('files', () => {
  it.each([
    ['file("d/a.md")', '"a\\n" string'],
    ['file("./d/../d/a.md")', '"a\\n" string'],
    ['file(sensitive("d/a.md"))', 'sensitive "a\\n" string'],
    ['file("nope")', `${INVALID} "path" parameter: no file exists at "nope"; ${NO_FILE}`],
    ['file(sensitive("nope"))', `${INVALID} "path" parameter: no file exists at (sensitive value); ${NO_FILE}`],
    ['file("d")', `${INVALID} "path" parameter: failed to read file: read d: is a directory.`],
    ['file("d/a.md/x")', `${INVALID} "path" parameter: open d/a.md/x: not a directory.`],
    ['file("~other/x")', `${INVALID} "path" parameter: failed to expand ~: cannot expand user-specific home dir.`],
    ['filebase64("bad.bin")', '"//4=" string'],
    ['filesha1("d/a.md")', '"3f786850e387550fdab836ed7e6dc881de23001b" string'],
    [
      'filemd5("./nope")',
      'error: Error in function call: Call to function "filemd5" failed: open nope: no such file or directory.',
    ],
    ['fileexists("d/a.md")', 'true bool'],
    ['fileexists("nope")', 'false bool'],
    [
      'fileexists("d")',
      'error: Error in function call: Call to function "fileexists" failed: "d" is a directory, not a file.',
    ],
    ['pathexpand("~/x")', '"/home/tester/x" string'],
    [
      'pathexpand("~x")',
      'error: Error in function call: Call to function "pathexpand" failed: cannot expand user-specific home dir.',
    ],
    ['endswith(abspath("x/../y"), "/y")', 'true bool'],
    ['dirname("a/b/../../..")', '"." string'],
    ['basename("//")', '"/" string'],
  ])('%s', (expression, expected) => expect(ask(expression)).toBe(expected));

  it('refuses text that is no UTF-8', () => {
    expect(ask('file("bad.bin")')).toMatch(
      /^error: Error in function call: .* contents of "bad.bin" are not valid UTF-8;/,
    );
  });

  it('tells of every file that was read', () => {
    filesRead.length = 0;
    ask('[file("d/b.txt"), filemd5("d/a.md"), fileexists("bad.bin"), file("nope")]');
    expect(filesRead).toEqual([join(baseDirectory, 'd/b.txt'), join(baseDirectory, 'd/a.md')]);
  });
});

describe('fileset', () => {
  it.each<[pattern: string, ...names: string[]]>([
    ['*', '.dot.md', 'a.md', 'b.txt', 'b{r}.txt', 'q[1].txt'],
    ['*.md', '.dot.md', 'a.md'],
    ['**/c.md', 'link/c.md', 'sub/c.md'],
    ['sub/**/d.md', 'sub/deep/d.md'],
    ['link/*', 'link/c.md'],
    ['{a,z}.md', 'a.md'],
    ['[!q]*.txt', 'q[1].txt'],
    ['[^q]*.txt', 'b.txt', 'b{r}.txt'],
    ['q\\\\[1\\\\].txt', 'q[1].txt'],
    ['b{r}.txt'],
    ['?.txt', 'b.txt'],
    ['**.md', '.dot.md', 'a.md'],
    ['../*.bin', '../bad.bin'],
    ['sub'],
    ['@(a|b).md'],
    ['.hidden/../a.md', 'a.md'],
  ])('%s', (pattern, ...names) => {
    expect(ask(`fileset("d", "${pattern}")`)).toBe(`${JSON.stringify(names)} set(string)`);
  });

  it.each(['[', '{a', 'a\\\\', '{a/b,c}', '[]'])('refuses %s', (pattern) => {
    expect(ask(`fileset("d", "${pattern}")`)).toMatch(/failed to glob pattern ".*": syntax error in pattern\.$/);
  });

  it('is empty where there is no directory', () => {
    expect(ask('fileset("nowhere", "**")')).toBe('[] set(string)');
  });
});

const FAILED = 'error: Error in function call: Call to function';

describe('templates', () => {
  it.each([
    ['templatefile("hello.tftpl", { name = "World" })', '"Hello, World!" string'],
    ['templatefile("hello.tftpl", { name = local.us })', 'unknown string'],
    ['templatefile("hello.tftpl", { name = sensitive("x") })', 'sensitive "Hello, x!" string'],
    ['templatefile(sensitive("hello.tftpl"), { name = "x" })', 'sensitive "Hello, x!" string'],
    ['templatefile("only.tftpl", { list = [1] })', '[1] tuple([number,])'],
    ['templatefile("bom.tftpl", {})', '"bom" string'],
    ['templatefile("calls.tftpl", {})', '"B" string'],
    [
      'templatefile("hello.tftpl", {})',
      `${INVALID} "vars" parameter: vars map does not contain key "name", referenced at hello.tftpl:1,10-14.`,
    ],
    ['templatefile("hello.tftpl", [])', `${INVALID} "vars" parameter: invalid vars value: must be a map.`],
    [
      'templatefile("again.tftpl", {})',
      `${FAILED} "templatefile" failed: again.tftpl:1,3-16: Error in function call; Call to function "templatefile" failed: cannot recursively call templatefile from inside another template function..`,
    ],
    [
      'templatefile("two.tftpl", { x = [], y = [] })',
      `${FAILED} "templatefile" failed: two.tftpl:1,5-6: Invalid template interpolation value; Cannot include the given value in a string template: string required., and 1 other diagnostic(s).`,
    ],
    [
      'templatefile("broken.tftpl", {})',
      `${FAILED} "templatefile" failed: broken.tftpl:1,5-5: Missing expression; Expected the start of an expression, but found the end of the file..`,
    ],
    ['templatestring(local.tpl, { name = "x" })', '"Tx" string'],
    ['templatestring(local.us, {})', 'unknown string'],
    [
      'templatestring(local.reads, {})',
      `${FAILED} "templatestring" failed: <templatestring argument>:1,3-8: Error in function call; Call to function "file" failed: cannot use filesystem access functions like file in templatestring templates; consider passing the function result as a template variable instead..`,
    ],
    [
      'templatestring(local.bad, {})',
      `${INVALID} "template" parameter: invalid template: <templatestring argument>:1,4-4: Missing expression; Expected the start of an expression, but found the end of the file..`,
    ],
  ])('%s', (expression, expected) => expect(ask(expression)).toBe(expected));

  it.each(['"x"', '"${local.tpl}"', '(local.tpl)', 'upper(local.tpl)', 'null'])('refuses %s as a source', (source) => {
    expect(ask(`templatestring(${source}, {})`)).toMatch(/invalid template expression: /);
  });
});

describe('what changes from run to run', () => {
  it.each(['timestamp()', 'uuid()', 'bcrypt("x")'])('%s is unknown while planning', (expression) => {
    expect(ask(expression, true)).toBe('unknown string');
    expect(ask(expression)).toMatch(/^".+" string$/);
  });

  it('has the time of the run', () => {
    expect(ask('plantimestamp()', true)).toBe('"2024-05-06T07:08:09Z" string');
  });

  it('makes no UUID that passes for version 4', () => {
    for (let round = 0; round < 200; round++) expect(ask('uuid()')).not.toMatch(/^".{14}4/);
  });

  it('salts passwords at the asked cost', () => {
    expect(ask('substr(bcrypt("hello", 4), 0, 7)')).toBe('"$2a$04$" string');
    expect(ask('bcrypt("x", 32)')).toMatch(/cost 32 is outside allowed range \(4,31\)\.$/);
  });
});

describe('rsadecrypt', () => {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 1024 });
  const padding = constants.RSA_PKCS1_PADDING;
  const ciphertext = publicEncrypt({ key: publicKey, padding }, Buffer.from('secret é')).toString('base64');

  it.each(['pkcs1', 'pkcs8'] as const)('reads a key as %s', (type) => {
    const pem = JSON.stringify(privateKey.export({ type, format: 'pem' }));
    expect(ask(`rsadecrypt("${ciphertext}", ${pem})`)).toBe('"secret é" string');
  });

  it('refuses what another key encrypted', () => {
    const other = generateKeyPairSync('rsa', { modulusLength: 1024 }).privateKey.export({
      type: 'pkcs1',
      format: 'pem',
    });
    expect(ask(`rsadecrypt("${ciphertext}", ${JSON.stringify(other)})`)).toMatch(/failed to decrypt/);
  });
});

describe('functions that OpenTofu added', () => {
  it.each([
    ['urldecode("a+b%21%C3%A9%7E")', '"a b!é~" string'],
    ['urldecode(urlencode("a b/é?%"))', '"a b/é?%" string'],
    ['urldecode("%zz")', `${FAILED} "urldecode" failed: failed to decode URL '%zz': invalid URL escape "%zz".`],
    ['base64gunzip(base64gzip("hello é"))', '"hello é" string'],
    ['cidrcontains("192.168.0.0/16", "192.168.3.4")', 'true bool'],
    ['cidrcontains("192.168.0.0/16", "192.168.3.0/24")', 'true bool'],
    ['cidrcontains("192.168.3.0/24", "192.168.0.0/16")', 'false bool'],
    ['cidrcontains("fd00::/8", "fd12::1")', 'true bool'],
    [
      'cidrcontains("10.0.0.0/8", "::1")',
      `${FAILED} "cidrcontains" failed: address family mismatch: 10.0.0.0/8 vs. ::1.`,
    ],
    ['cidrcontains("10.0.0.0/8", "x")', `${FAILED} "cidrcontains" failed: invalid IP address or prefix: x.`],
  ])('%s', (expression, expected) => expect(ask(expression)).toBe(expected));

  it('refuses to gunzip what is no gzip', () => {
    expect(ask('base64gunzip("aGVsbG8=")')).toMatch(/failed to gunzip bytes: /);
  });
});

describe('what would exceed the machine is an error of the call', () => {
  it.each([
    ['range(100000000)', /more than 1024 values were generated/],
    ['format("%999999999d", 1)', /too large/],
    ['indent(1000000000000, "a\\nb")', /too long/],
    ['setproduct(range(1000), range(1000), range(1000))', /the product would have 1000000000 elements/],
    [
      `yamldecode("a: &a [x,x,x,x,x,x,x,x,x]\\n${'bcdefgh'
        .split('')
        .map((name, index) => `${name}: &${name} [${Array(9).fill(`*${'abcdefg'[index]}`).join(',')}]`)
        .join('\\n')}")`,
      /too large once its aliases are expanded/,
    ],
    [`jsondecode("${'['.repeat(5000)}")`, /exceeded max depth/],
  ])('%s', (expression, words) => expect(ask(expression)).toMatch(words));

  it('matches in linear time', () => {
    expect(ask(`can(regex("^(a+)+$", "${'a'.repeat(5000)}b"))`)).toBe('false bool');
  });
});
