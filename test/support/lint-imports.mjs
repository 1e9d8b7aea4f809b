// Checks who may import whom. It reads imports from the token stream of each file, so type-only and dynamic imports
// count and comments and strings do not. The rules are the data at the top; the code below knows no folder by name.
import { existsSync, readdirSync, readFileSync, realpathSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { dirname, join, posix } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The project's rules. Paths are relative to the root and have forward slashes. */
export const projectRules = {
  /** Each room with the rooms it may import besides itself. */
  rooms: { cmd: ['providers', 'state', 'core'], providers: ['core'], state: ['core'], core: [] },
  /** Inside a room: an entry may import its own files and what stands in entries before it. */
  order: {
    core: [
      ['diag'],
      ['value'],
      ['addr'],
      ['hcl'],
      ['eval'],
      ['config'],
      ['provider.ts', 'state.ts', 'event.ts'],
      ['graph'],
      ['plan'],
      ['apply'],
    ],
  },
  /** Packages that only these files may import, types included. */
  packages: { dockerode: ['providers/docker/daemon.ts'], 'docker-modem': ['providers/docker/daemon.ts'] },
  /** Files that may touch the global `process`, and what for. */
  process: { 'cmd/main.ts': 'argv, signals, exit code, environment' },
};

const token =
  /\/\/[^\n]*|\/\*[\s\S]*?\*\/|'(?:\\[\s\S]|[^'\\\n])*'|"(?:\\[\s\S]|[^"\\\n])*"|[A-Za-z_$][\w$]*|\d[\w.]*|\s+|=>|\.\.\.|\?\.|[\s\S]/y;

/** After these a slash begins a regular expression; after a name, a number or a closing bracket it divides. */
const beforeRegex = /^(?:return|typeof|case|in|of|do|else|void|delete|throw|new|await|yield|[^\w$)\]}])/;
const regex = /\/(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\\n[])+\/[a-z]*/y;

/** The words of a TypeScript text as { kind: 'name' | 'string' | 'other', text, line }, template texts left out. */
export function tokens(source) {
  const found = [];
  /** One entry per open `${`: how many braces are open inside it. */
  const templates = [];
  let line = 1;
  let at = 0;
  const skip = (end) => {
    for (let index = at; index < end; index += 1) if (source[index] === '\n') line += 1;
    at = end;
  };
  const templateText = (from) => {
    let index = from;
    while (index < source.length && source[index] !== '`' && !source.startsWith('${', index)) {
      index += source[index] === '\\' ? 2 : 1;
    }
    if (source.startsWith('${', index)) templates.push(0);
    skip(Math.min(source.length, index + (source[index] === '`' ? 1 : 2)));
  };
  while (at < source.length) {
    if (source[at] === '`') {
      found.push({ kind: 'other', text: '`', line });
      templateText(at + 1);
      continue;
    }
    if (templates.length && source[at] === '}' && templates.at(-1) === 0) {
      templates.pop();
      templateText(at + 1);
      continue;
    }
    const previous = found.at(-1);
    const rule =
      source[at] === '/' && (!previous || beforeRegex.test(previous.text)) && !/^\/[/*]/.test(source.slice(at, at + 2))
        ? regex
        : token;
    rule.lastIndex = at;
    const text = rule.exec(source)?.[0] ?? source[at];
    if (templates.length && text === '{') templates.push(templates.pop() + 1);
    if (templates.length && text === '}') templates.push(templates.pop() - 1);
    if (!/^\s|^\/[/*]/.test(text)) found.push({ kind: kindOf(text), text, line });
    skip(at + text.length);
  }
  return found;
}

function kindOf(text) {
  if (/^['"]/.test(text)) return 'string';
  return /^[A-Za-z_$]/.test(text) ? 'name' : 'other';
}

/** The imports of a token stream as { specifier, line }; a dynamic import whose name is not a literal has none. */
export function importsOf(words) {
  const found = [];
  words.forEach((word, index) => {
    if (word.text !== 'import' && word.text !== 'export') return;
    if (words[index - 1]?.text === '.') return;
    const specifier =
      word.text === 'import' && words[index + 1]?.text === '(' ? words[index + 2] : specifierAfter(words, index);
    if (specifier?.kind === 'string') found.push({ specifier: specifier.text.slice(1, -1), line: word.line });
    else if (words[index + 1]?.text === '(' && word.text === 'import')
      found.push({ specifier: undefined, line: word.line });
  });
  return found;
}

/** The string of `import 'x'`, `import ... from 'x'` or `export ... from 'x'`: clauses hold only names, commas, braces, stars. */
function specifierAfter(words, index) {
  if (words[index].text === 'import' && words[index + 1]?.kind === 'string') return words[index + 1];
  for (let next = index + 1; next < words.length; next += 1) {
    const { text, kind } = words[next];
    if (text === 'from' && words[next + 1]?.kind === 'string') return words[next + 1];
    if (text === 'import' || text === 'export') return undefined;
    if (
      kind === 'other'
        ? !'{},*'.includes(text)
        : kind === 'string' && words[next + 1]?.text !== 'as' && words[next - 1]?.text !== 'as'
    )
      return undefined;
  }
  return undefined;
}

/**
 * Lines on which the global `process` is used: not a property, not the key of an object or type. A file that binds the
 * name itself (a variable, a parameter) can reach the global only as `globalThis.process`.
 */
export function processUses(words) {
  const before = (index) => words[index - 1]?.text;
  const after = (index) => words[index + 1]?.text;
  const property = (index) => ['.', '?.'].includes(before(index)) && words[index - 2]?.text !== 'globalThis';
  const key = (index) => ['{', ',', ';', '(', 'readonly'].includes(before(index)) && [':', '?'].includes(after(index));
  const binds = (index) =>
    ['const', 'let', 'var'].includes(before(index)) || (['(', ','].includes(before(index)) && after(index) === ':');
  const named = [...words.keys()].filter((index) => words[index].text === 'process' && words[index].kind === 'name');
  const bound = named.some(binds);
  const used = (index) => !property(index) && !key(index) && (!bound || before(index) === '.');
  return named.filter(used).map((index) => words[index].line);
}

function filesUnder(root, folder) {
  const path = join(root, folder);
  if (!existsSync(path)) return [];
  return readdirSync(path, { withFileTypes: true }).flatMap((entry) => {
    const name = `${folder}/${entry.name}`;
    if (entry.isDirectory()) return filesUnder(root, name);
    return entry.name.endsWith('.ts') ? [name] : [];
  });
}

function roomOf(file) {
  return file.split('/')[0];
}

/** Where a file stands in the order of its room; -1 when the order does not know it. */
function rankOf(file, order) {
  const entry = file.split('/')[1];
  return order.findIndex((group) => group.includes(entry));
}

/** Why `from` must not import `to`, or undefined. Both are files of the project. */
function wrongDirection(from, to, { rooms, order }) {
  const [room, target] = [roomOf(from), roomOf(to)];
  if (room !== target) {
    return rooms[room].includes(target) ? undefined : `${room} must not import ${target} (${to})`;
  }
  if (!order[room]) return undefined;
  const [own, other] = [rankOf(from, order[room]), rankOf(to, order[room])];
  if (own < 0 || other < 0) return undefined; // reported once, by the file itself
  return other > own ? `${from.split('/')[1]} must not import ${to}: it stands later in ${room}` : undefined;
}

function packageName(specifier) {
  return specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/');
}

/** Why `from` must not import the package `specifier`, or undefined. */
function wrongPackage(from, specifier, rules, dependencies) {
  if (specifier.startsWith('node:')) {
    if (specifier === 'node:process' && !rules.process[from])
      return 'node:process belongs to the files that may touch the process';
    return undefined;
  }
  const name = packageName(specifier);
  if (builtinModules.includes(name)) return `write node:${specifier}`;
  if (!dependencies.includes(name)) return `${name} is not among the dependencies of package.json`;
  const owners = rules.packages[name];
  return owners && !owners.includes(from) ? `only ${owners.join(', ')} may import ${name}` : undefined;
}

function checkImport(root, from, { specifier, line }, rules, dependencies) {
  const problem = (message) => ({ problem: { file: from, line, message } });
  if (specifier === undefined) return problem('a dynamic import must name its module by a literal');
  if (!specifier.startsWith('.')) {
    const message = wrongPackage(from, specifier, rules, dependencies);
    return message ? problem(message) : {};
  }
  const to = posix.normalize(posix.join(posix.dirname(from), specifier));
  if (!existsSync(join(root, to))) return problem(`${specifier} is not a file (an import names it with its extension)`);
  if (!rules.rooms[roomOf(to)]) return problem(`${to} is outside the rooms ${Object.keys(rules.rooms).join(', ')}`);
  const message = wrongDirection(from, to, rules);
  return message ? problem(message) : { to };
}

/** The import cycles of a graph (file -> files), each as a path that ends where it began; one per closing edge. */
export function cyclesOf(graph) {
  const state = new Map();
  const path = [];
  const found = [];
  const visit = (file) => {
    state.set(file, 'open');
    path.push(file);
    for (const next of graph.get(file) ?? []) {
      if (state.get(next) === 'open') found.push([...path.slice(path.indexOf(next)), next]);
      else if (!state.has(next)) visit(next);
    }
    path.pop();
    state.set(file, 'done');
  };
  for (const file of graph.keys()) if (!state.has(file)) visit(file);
  return found;
}

function checkFile(root, file, rules, dependencies) {
  const words = tokens(readFileSync(join(root, file), 'utf8'));
  const checked = importsOf(words).map((each) => checkImport(root, file, each, rules, dependencies));
  const problems = checked.flatMap(({ problem }) => problem ?? []);
  const order = rules.order[roomOf(file)];
  if (order && rankOf(file, order) < 0)
    problems.push({ file, line: 1, message: `${roomOf(file)} has no place for this file in its order` });
  if (!rules.process[file]) {
    for (const line of processUses(words))
      problems.push({ file, line, message: 'touches process: take what is needed as an argument' });
  }
  return { problems, targets: checked.flatMap(({ to }) => to ?? []) };
}

/** Every violation under `root` as { file, line, message }, in the order of the files. */
export function lintImports(root, rules = projectRules) {
  const dependencies = Object.keys(JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).dependencies ?? {});
  const graph = new Map();
  const problems = [];
  for (const file of Object.keys(rules.rooms).flatMap((room) => filesUnder(root, room))) {
    const checked = checkFile(root, file, rules, dependencies);
    problems.push(...checked.problems);
    graph.set(file, checked.targets);
  }
  for (const cycle of cyclesOf(graph))
    problems.push({ file: cycle[0], line: 1, message: `import cycle: ${cycle.join(' -> ')}` });
  return problems;
}

if (process.argv[1] && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) {
  const problems = lintImports(join(dirname(fileURLToPath(import.meta.url)), '..', '..'));
  for (const { file, line, message } of problems) console.error(`${file}:${line}: ${message}`);
  process.exitCode = problems.length ? 1 : 0;
}
