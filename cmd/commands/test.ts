/** `test`: carries out test files against real or mocked objects, and removes afterwards what they have made. */
import { join, normalize } from 'node:path';
import { loadTestFiles } from '../../core/config/test-file-load.ts';
import type { TestFile } from '../../core/config/test-file.ts';
import { type UnparsedVariable, type VariableArgument, collectVariableValues } from '../../core/config/variables.ts';
import type { Configuration } from '../../core/config/module.ts';
import { type Diagnostic, hasErrors } from '../../core/diag/diagnostic.ts';
import { loadFunctions } from '../../core/eval/functions/table.ts';
import type { WalkSettings } from '../../core/graph/module-scope.ts';
import type { Arguments, Command } from '../command.ts';
import { Schemas, readConfiguration, styleOf } from '../engine.ts';
import { COLOR, JSON_OUTPUT, VARIABLES } from '../flags.ts';
import type { ExitCode, Io } from '../io.ts';
import { FileRun, type TestSession } from '../test/file-run.ts';
import { loadTestedModules } from '../test/tested-modules.ts';
import { TestJsonView } from '../test/test-json-view.ts';
import { type TestStatus, countStatuses, worse } from '../test/test-status.ts';
import { testFunctionNames } from '../test/test-functions.ts';
import { TestTextView, type TestView } from '../test/test-view.ts';
import { Redactor } from '../view/redact.ts';
import { DEFAULT_WIDTH } from '../view/style.ts';

export const test: Command = {
  describe: 'Carries out the tests in *.tftest.hcl files, and removes what they have made.',
  flags: {
    ...COLOR,
    ...JSON_OUTPUT,
    ...VARIABLES,
    filter: { type: 'list', describe: 'Only this test file; may be given several times' },
    'test-directory': {
      type: 'string',
      describe: 'Where test files are besides the working directory; "tests" unless given',
    },
    verbose: { type: 'boolean', describe: 'Show the plan or the state of every run' },
    parallelism: { type: 'count', default: '10', describe: 'How many operations may run at the same time' },
  },
  words: { least: 0, most: 0 },
  run,
};

async function run(args: Arguments, io: Io): Promise<ExitCode> {
  const [redactor, schemas] = [new Redactor(), new Schemas()];
  const view = openTestView(args, io, redactor, schemas);
  const loaded = await load(args, io);
  view.diagnostics(loaded.diagnostics);
  if (!loaded.main || hasErrors(loaded.diagnostics)) return 1;
  const { main, modules, files } = loaded;
  const settings = await settingsOf(files, main, io);
  return runFiles({ args, io, view, redactor, schemas, main, modules, settings }, files);
}

function openTestView(args: Arguments, io: Io, redactor: Redactor, schemas: Schemas): TestView {
  const redact = (text: string) => redactor.text(text);
  const verbose = args.boolean('verbose');
  if (args.boolean('json')) return new TestJsonView({ write: io.out, redact, now: io.now, verbose, schemas });
  const { out, error } = io;
  return new TestTextView({
    style: styleOf(args, io),
    width: io.columns ?? DEFAULT_WIDTH,
    verbose,
    schemas,
    out,
    error,
    redact,
  });
}

interface Loaded {
  readonly main: Configuration | undefined;
  readonly modules: ReadonlyMap<string, Configuration>;
  readonly files: readonly TestFile[];
  readonly diagnostics: readonly Diagnostic[];
}

async function load(args: Arguments, io: Io): Promise<Loaded> {
  const configuration = await readConfiguration(io);
  const tests = loadTestFiles(io.workingDirectory, args.text('test-directory'));
  const readable = hasErrors(tests.diagnostics) ? [] : (tests.value ?? []);
  const modules = await loadTestedModules(readable, io);
  const wanted = args.list('filter').map((name) => normalize(name));
  const files = (tests.value ?? []).filter(({ name }) => wanted.length === 0 || wanted.includes(name));
  const diagnostics = [...configuration.diagnostics, ...tests.diagnostics, ...modules.diagnostics];
  return { main: configuration.value, modules: modules.value ?? new Map(), files, diagnostics };
}

async function settingsOf(files: readonly TestFile[], main: Configuration, io: Io): Promise<WalkSettings> {
  return {
    functions: await loadFunctions(testFunctionNames(files)),
    context: {
      baseDirectory: io.workingDirectory,
      homeDirectory: io.homeDirectory,
      planTime: io.now(),
      pure: false,
    },
    workspace: 'default',
    workingDirectory: io.workingDirectory,
    rootDirectory: main.root.directory,
  };
}

async function runFiles(session: TestSession, files: readonly TestFile[]): Promise<ExitCode> {
  const { view } = session;
  view.found(files);
  const runs: TestStatus[] = [];
  let status: TestStatus = 'pass';
  for (const file of files) {
    const given = await variablesFor(file, session);
    view.diagnostics(given.diagnostics);
    if (hasErrors(given.diagnostics)) return 1;
    const outcome = await new FileRun(session, file, given.values).run();
    runs.push(...outcome.runs);
    status = worse(status, outcome.status);
  }
  view.summary(status, countStatuses(runs));
  return status === 'pass' && !session.io.signal.aborted ? 0 : 1;
}

/** Files of values in the directory of tests are for the tests in it, and win. */
async function variablesFor(
  file: TestFile,
  { args, io, main }: TestSession,
): Promise<{ values: ReadonlyMap<string, UnparsedVariable>; diagnostics: readonly Diagnostic[] }> {
  const { workingDirectory, environment } = io;
  const shared = { module: main.root, workingDirectory };
  const cliArguments = variableArguments(args);
  const general = await collectVariableValues({ ...shared, directory: workingDirectory, environment, cliArguments });
  if (normalize(file.directory) === '.')
    return { values: general.value ?? new Map(), diagnostics: general.diagnostics };
  const directory = join(workingDirectory, file.directory);
  const own = await collectVariableValues({ ...shared, directory, environment: {}, cliArguments: [] });
  return {
    values: new Map([...(general.value ?? []), ...(own.value ?? [])]),
    diagnostics: [...general.diagnostics, ...own.diagnostics],
  };
}

function variableArguments(args: Arguments): VariableArgument[] {
  return args.lists.flatMap(({ name, value }): VariableArgument[] => {
    if (name === 'var') return [{ kind: 'var', text: value }];
    return name === 'var-file' ? [{ kind: 'var-file', path: value }] : [];
  });
}
