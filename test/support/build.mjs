// Bundles cmd/main.ts into dist/: one entry that starts fast, and chunks beside it that load when first used. The
// result needs no node_modules. What dockerode only needs for ssh, BuildKit sessions and folders is left out.
import { existsSync } from 'node:fs';
import { execFileSync } from 'node:child_process';
import { chmod, readFile, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join, relative, sep } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { prepareModules, root } from './prepare.mjs';

const here = dirname(fileURLToPath(import.meta.url));

/** Packages that the bundle replaces, with the file that stands for each (empty: whoever uses it gets an error). */
export const replacedPackages = {
  'string-width': join(here, 'shims', 'string-width.mjs'),
  ssh2: 'empty',
  '@grpc/grpc-js': 'empty',
  '@grpc/proto-loader': 'empty',
  protobufjs: 'empty',
  'tar-fs': 'empty',
  'cpu-features': 'empty',
};

/** CommonJS packages inside an ES module bundle still call require for Node's own modules, in the one chunk with esbuild's helper. */
const requireHeader =
  "import { createRequire as stowageCreateRequire } from 'node:module';\nconst require = stowageCreateRequire(import.meta.url);\n";

/**
 * Every module file costs start-up time, so chunks are few and coarse: without this there is one for each set of parts
 * that happen to share a file. What loads when it is first used brings all of the front along, and all of the engine
 * unless it is answered without one; what speaks to Docker, all that a container needs. Each of them then is one chunk.
 */
const front = [
  'cmd/cli.ts',
  'cmd/flags.ts',
  'cmd/configuration-names.ts',
  'cmd/view/style.ts',
  'core/diag/diagnostic.ts',
];
const engine = ['cmd/engine.ts', 'cmd/planning.ts', 'cmd/validation.ts', 'cmd/view/redact.ts'];
const docker = ['provider', 'container', 'image', 'registry-auth'].map((name) => `providers/docker/${name}.ts`);
const withoutEngine = ['cmd/cli.ts', 'cmd/commands/validate.ts', 'cmd/commands/version.ts', 'cmd/commands/fmt.ts'];

const replacements = {
  name: 'replacements',
  setup(build) {
    for (const [name, file] of Object.entries(replacedPackages)) {
      const filter = new RegExp(`^${name.replace('/', '\\/')}(\\/|$)`);
      build.onResolve({ filter }, () => (file === 'empty' ? { path: name, namespace: 'left-out' } : { path: file }));
    }
    build.onLoad({ filter: /.*/, namespace: 'left-out' }, () => ({ contents: 'module.exports = {};', loader: 'js' }));
  },
};

function companyOf(path) {
  const part = relative(root, path).replaceAll(sep, '/');
  if (withoutEngine.includes(part)) return front;
  return part.startsWith('providers/docker/') ? [...front, ...engine, ...docker] : [...front, ...engine];
}

const coarseChunks = {
  name: 'coarse-chunks',
  setup(build) {
    build.onResolve({ filter: /^\./ }, ({ path, kind, resolveDir }) =>
      kind === 'dynamic-import' ? { path: join(resolveDir, path), namespace: 'coarse-chunks' } : undefined,
    );
    build.onLoad({ filter: /.*/, namespace: 'coarse-chunks' }, ({ path }) => {
      const company = companyOf(path);
      const imports = company.map((part) => `import ${JSON.stringify(join(root, part))};\n`);
      return { contents: `export * from ${JSON.stringify(path)};\n${imports.join('')}`, resolveDir: dirname(path) };
    });
  },
};

/**
 * `await import()` of a CommonJS package gives its names in Node, but only `default` in a chunk of esbuild's. Such an
 * import is led through a module that exports the names which Node finds in the package.
 */
const commonJsNames = {
  name: 'commonjs-names',
  setup(build) {
    build.onResolve({ filter: /^[^./]/ }, async ({ path, kind, resolveDir, importer }) => {
      if (kind !== 'dynamic-import' || path.startsWith('node:')) return undefined;
      const found = await build.resolve(path, { kind: 'import-statement', resolveDir, importer });
      if (found.errors.length || found.external || !(await isCommonJs(found.path))) return undefined;
      return { path: found.path, namespace: 'commonjs-names' };
    });
    build.onLoad({ filter: /.*/, namespace: 'commonjs-names' }, async ({ path }) => {
      const names = Object.keys(await import(pathToFileURL(path).href)).filter((name) =>
        /^[A-Za-z_$][\w$]*$/.test(name),
      );
      const own = names.filter((name) => name !== 'default' && name !== '__esModule');
      const contents = `import whole from ${JSON.stringify(path)};\nexport default whole;\n`;
      const named = own.map((name) => `const $${name} = whole.${name};\nexport { $${name} as ${name} };\n`);
      return { contents: contents + named.join(''), loader: 'js', resolveDir: dirname(path) };
    });
  },
};

/** A file in a package is CommonJS unless its ending or the nearest package.json says otherwise. */
async function isCommonJs(file) {
  if (file.endsWith('.cjs')) return true;
  if (!file.endsWith('.js') || !file.includes('node_modules')) return false;
  for (let folder = dirname(file); folder.includes('node_modules'); folder = dirname(folder)) {
    const text = await readFile(join(folder, 'package.json'), 'utf8').catch(() => undefined);
    if (text !== undefined) return JSON.parse(text).type !== 'module';
  }
  return true;
}

/** The version of package.json, and the commit that it was built from, where there is one. */
async function version() {
  const { version: number } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'));
  try {
    const commit = execFileSync('git', ['rev-parse', '--short', 'HEAD'], {
      cwd: root,
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    return { number, build: commit.toString().trim() };
  } catch {
    return { number, build: '' };
  }
}

/** Builds `entry` into `outdir`. Throws esbuild's failure, with its messages, when the sources do not bundle. */
export async function build({ entry = 'cmd/main.ts', outdir = join(root, 'dist') } = {}) {
  const { build: bundle } = await import('esbuild');
  const { number, build: commit } = await version();
  // A process that runs from dist/ must never see half of a build: build beside it, then swap the folders.
  const fresh = `${outdir}.${process.pid}.new`;
  await bundle({
    absWorkingDir: root,
    entryPoints: { stowage: entry },
    outdir: fresh,
    outExtension: { '.js': '.mjs' },
    chunkNames: 'chunks/[name]-[hash]',
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    minifySyntax: true,
    legalComments: 'none',
    define: { __STOWAGE_VERSION__: JSON.stringify(number), __STOWAGE_BUILD__: JSON.stringify(commit) },
    plugins: [replacements, coarseChunks, commonJsNames],
    logLevel: 'silent',
  });
  await addRequire(join(fresh, 'chunks'));
  await addShebang(join(fresh, 'stowage.mjs'));
  await swap(fresh, outdir);
}

async function addRequire(folder) {
  // A program small enough has no chunks.
  for (const name of existsSync(folder) ? await readdir(folder) : []) {
    const file = join(folder, name);
    const text = await readFile(file, 'utf8');
    if (text.includes('typeof require')) await writeFile(file, requireHeader + text);
  }
}

async function addShebang(entry) {
  const text = await readFile(entry, 'utf8');
  await writeFile(entry, `#!/usr/bin/env node\n${text.replace(/^#!.*\n/, '')}`);
  await chmod(entry, 0o755);
}

async function swap(fresh, outdir) {
  const old = `${outdir}.${process.pid}.old`;
  await rename(outdir, old).catch((error) => {
    if (error.code !== 'ENOENT') throw error;
  });
  await rename(fresh, outdir);
  await rm(old, { recursive: true, force: true });
}

/** What esbuild says about the sources; anything else as it is. */
async function explain(error) {
  if (!error.errors) return error.stack;
  const { formatMessages } = await import('esbuild');
  return (await formatMessages(error.errors, { kind: 'error' })).join('');
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  try {
    prepareModules();
    const started = performance.now();
    await build();
    console.log(`dist/stowage.mjs is built (${Math.round(performance.now() - started)} ms).`);
  } catch (error) {
    console.error(`The build failed.\n${await explain(error)}`);
    process.exitCode = 1;
  }
}
