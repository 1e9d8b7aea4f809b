// The script language itself, with a stand-in for the CLI: every command must be able to fail.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ensureEngine } from '../support/docker-engine.mjs';
import { parseArchive, printArchive } from './archive.ts';
import { at, matches } from './commands.ts';
import { runScript } from './runner.ts';
import { scrub } from './scrub.ts';
import { parseScript, splitWords, substitute, substituteInFile } from './words.ts';

const folder = mkdtempSync(join(tmpdir(), 'stowage-runner-'));
const cli = join(folder, 'stand-in.mjs');
afterAll(() => rmSync(folder, { recursive: true, force: true }));

// say TEXT | fail CODE TEXT | env NAME | cat | hang: what a CLI can do as far as a script can see.
writeFileSync(
  cli,
  `const [verb, ...rest] = process.argv.slice(2);
if (verb === 'say') console.log(rest.join(' '));
if (verb === 'fail') { console.error(rest.slice(1).join(' ')); process.exitCode = Number(rest[0]); }
if (verb === 'env') console.log(process.env[rest[0]] ?? 'unset');
if (verb === 'cat') process.stdin.pipe(process.stdout);
if (verb === 'hang') { setInterval(() => {}, 1000); process.on('SIGINT', () => { console.log('stopped'); process.exit(1); }); console.log('ready'); }
`,
);

let count = 0;
function script(text: string): string {
  count += 1;
  const file = join(folder, `${count}.txtar`);
  writeFileSync(file, text);
  return file;
}

const run = (text: string, update = false) => runScript(script(text), { cli, update });

describe('a script that holds', () => {
  it.each([
    ['outputs', "stowage say hello world\nstdout '^hello w'\n! stdout bye\n! stderr .\n"],
    ['failures', "! stowage fail 1 'no good'\nstderr 'no good'\n[exit 2] stowage fail 2\n"],
    ['variables', "stowage say $ID $WORK $PORT1\nstdout '^$ID $WORK $PORT1$'\nenv A=b\nstowage env A\nstdout '^b$'\n"],
    [
      'files',
      "exists a/b\ncp a/b c\ngrep '^x [$]$' c\nrm c\n! exists c\nreplace a/b x y\ngrep y a/b\n-- a/b --\nx $\n",
    ],
    ['names in files', 'stowage say $ID-web\ncp stdout said\ncmp said want\n-- want --\n$ID-web\n'],
    [
      'comparison',
      "stowage say 'made in 3s as $ID in $WORK/x'\ncmp stdout want\n-- want --\nmade in <duration> as $ID in $WORK/x\n",
    ],
    [
      'json',
      `stowage say '{"a":{"b.c":[1,"two"]},"n":null}'\njson stdout a/b.c/1 two\njson stdout a/b.c/0 1\njson stdout n absent\n! json stdout a/b.c/0 2\n`,
    ],
    ['input', 'stdin text\nstowage cat\nstdout ^yes\nstowage cat\n! stdout .\n-- text --\nyes\n'],
    [
      'a signal',
      '# waits for a line, not for a time\nstowage hang &\nprinted ready\nsignal INT\n! wait\nstdout stopped\n',
    ],
    ['nothing of the person who runs it', 'stowage env HOME\nstdout ^$WORK\n'],
  ])('%s', async (_, text) => {
    expect(await run(text)).toBe('passed');
  });
});

describe('a script that does not hold', () => {
  it.each([
    ['an unexpected failure', 'stowage fail 1 broken', 'exit code 1, expected 0\n--- stderr ---\nbroken'],
    ['an unexpected success', '! stowage say fine', 'it should have failed'],
    ['a crash where a refusal is expected', '! stowage fail 7', 'ended with 7'],
    ['another exit code', '[exit 2] stowage say x', 'exit code 0, expected 2'],
    ['an output that does not match', 'stowage say x\nstdout y', 'stdout does not match'],
    ['an output that must not match', 'stowage say x\n! stdout x', 'stdout matches, and must not'],
    ['a comparison', 'stowage say x\ncmp stdout want\n-- want --\ny\n', '--- expected ---\ny'],
    ['a file that is there', '! exists a\n-- a --\n', 'a exists'],
    ['a file that is not there', 'exists a', 'there is no a'],
    ['a replacement of nothing', 'replace a b c\n-- a --\nx\n', 'a has no b'],
    ['a value', 'stowage say \'{"a":1}\'\njson stdout a 2', 'a is 1, expected 2'],
    ['text that is not JSON', 'stowage say x\njson stdout a 2', 'stdout is not JSON'],
    ['an unknown command', 'stowge plan', 'there is no command stowge'],
    ['a path outside its folder', 'rm ../x', 'outside the working folder'],
  ])('%s', async (_, text, message) => {
    await expect(run(text)).rejects.toThrow(message);
  });

  it('names the file, the line and the command', async () => {
    await expect(run('# a comment\n\nstowage fail 1')).rejects.toThrow(/\d+\.txtar:3: stowage fail 1/);
  });

  it('is skipped when a program is missing', async () => {
    expect(await run('skip-unless no-such-program\nstowage fail 1')).toBe('needs no-such-program, which is not here');
  });
});

describe('updating', () => {
  it('rewrites the expectation and nothing else', async () => {
    const file = script('stowage say $ID\ncmp stdout want\n-- other --\n$ID ${x}\n-- want --\nold\n');
    expect(await runScript(file, { cli, update: true })).toBe('passed');
    expect(readFileSync(file, 'utf8')).toBe(
      'stowage say $ID\ncmp stdout want\n-- other --\n$ID ${x}\n-- want --\n$ID\n',
    );
    expect(await runScript(file, { cli })).toBe('passed');
  });
});

describe('the daemon', () => {
  beforeAll(ensureEngine);
  const create = 'engine POST /volumes/create \'{"Name":"$ID-v","Labels":{"a.b":"1"}}\'\n';

  it('is looked at, changed by hand, and left clean', async () => {
    const text = `${create}docker volume $ID-v
docker volume $ID-v Labels/a.b 1
! docker volume $ID-v Labels/a.b 2
remember FIRST volume $ID-v CreatedAt
docker volume $ID-v CreatedAt $FIRST
engine DELETE /volumes/$ID-v
eventually ! docker volume $ID-v
! engine DELETE /volumes/$ID-v
! http http://127.0.0.1:$PORT1/
`;
    expect(await run(text)).toBe('passed');
  });

  it('says what a script left behind, and sweeps it', async () => {
    await expect(run(create)).rejects.toThrow(/left behind on the daemon \(and swept now\): volume st\w{6}-v/);
    await expect(run(`${create}docker volume $ID-v Name x`)).rejects.toThrow('expected x');
  });

  it('is compared with what is wanted', async () => {
    await expect(run('docker volume $ID-v')).rejects.toThrow('there is no volume');
    await expect(run(`${create}! docker volume $ID-v`)).rejects.toThrow('exists');
    await expect(run('docker server x')).rejects.toThrow('no such kind of object');
  });
});

describe('the parts', () => {
  it('archives are printed as they were read', () => {
    const text = 'a\n\nb\n-- f --\nx\n\n-- g/h --\n-- empty --\n';
    expect(printArchive(parseArchive(text))).toBe(text);
    expect([...parseArchive('-- f --\nno newline').files.values()]).toEqual(['no newline\n']);
  });

  it('words', () => {
    expect(splitWords("a 'b c' 'it''s' d=1 ''")).toEqual(['a', 'b c', "it's", 'd=1', '']);
    const [line] = parseScript('# x\n[exit 2] stowage plan');
    expect(line).toMatchObject({ number: 2, expect: 2, words: ['stowage', 'plan'] });
  });

  it('variables', () => {
    const variables = new Map([['ID', 'x']]);
    expect(substitute('$ID ${ID}-$ID-a $IDX $$ end$', variables)).toBe('x x-x-a $IDX $$ end$');
    expect(substituteInFile('$ID-a ${ID} ${var.x} $IDX', variables)).toBe('x-a ${ID} ${var.x} $IDX');
  });

  it('scrubbing', () => {
    const id = 'a'.repeat(64);
    expect(scrub(`sha256:${id} ${id} after 1m2s [10s elapsed] 2024-01-02T03:04:05.6Z`, new Map())).toBe(
      '<image> <id> after <duration> [<duration> elapsed] <time>',
    );
  });

  it('values', () => {
    expect(at({ a: [{ b: 1 }] }, 'a.0.b')).toBe(1);
    expect(at({ a: 1 }, 'a.b')).toBe(undefined);
    expect(matches(undefined, 'absent') && matches({}, 'absent')).toBe(true);
    expect(matches(['a', 2], 'has:2') && matches(['a'], 'length:1') && matches('1', '1') && matches(1, '1')).toBe(true);
    expect(matches(0, 'absent') || matches(['a'], 'has:b') || matches('x', '~^y')).toBe(false);
  });
});
