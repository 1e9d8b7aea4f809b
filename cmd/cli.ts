/** The table of commands, and the way from words to one of them. A command's module is loaded when it is the one. */
import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Diagnostic } from '../core/diag/diagnostic.ts';
import { suggestion } from '../core/diag/did-you-mean.ts';
import { type Flags, rewriteArguments, splitWords } from './arguments.ts';
import { Arguments, type Command } from './command.ts';
import type { ExitCode, Io } from './io.ts';
import { VERSION } from './version.ts';

interface Entry {
  readonly describe: string;
  load(): Promise<Command>;
}

const COMMANDS: Readonly<Record<string, Entry>> = {
  init: {
    describe: 'Prepare a directory: fetch the modules it calls',
    load: async () => (await import('./commands/init.ts')).init,
  },
  validate: {
    describe: 'Check whether the configuration is valid',
    load: async () => (await import('./commands/validate.ts')).validate,
  },
  plan: { describe: 'Show what would change', load: async () => (await import('./commands/plan.ts')).plan },
  apply: {
    describe: 'Make it so, or carry out a saved plan',
    load: async () => (await import('./commands/apply.ts')).apply,
  },
  destroy: {
    describe: 'Remove everything that is managed here',
    load: async () => (await import('./commands/apply.ts')).destroy,
  },
  fmt: {
    describe: 'Rewrite configuration files in the standard style',
    load: async () => (await import('./commands/fmt.ts')).fmt,
  },
  console: {
    describe: 'Try out expressions',
    load: async () => (await import('./commands/console.ts')).consoleCommand,
  },
  'force-unlock': {
    describe: 'Remove a lock that somebody left on the state',
    load: async () => (await import('./commands/force-unlock.ts')).forceUnlock,
  },
  get: {
    describe: 'Fetch the modules that the configuration calls',
    load: async () => (await import('./commands/get.ts')).get,
  },
  graph: {
    describe: 'Show which resource waits for which',
    load: async () => (await import('./commands/graph.ts')).graph,
  },
  import: {
    describe: 'Take an object that exists into the state',
    load: async () => (await import('./commands/import.ts')).importCommand,
  },
  output: { describe: 'Show the values of outputs', load: async () => (await import('./commands/output.ts')).output },
  providers: {
    describe: 'Show which providers the configuration needs',
    load: async () => (await import('./commands/providers.ts')).providers,
  },
  refresh: {
    describe: 'Record in the state what really exists',
    load: async () => (await import('./commands/apply.ts')).refresh,
  },
  show: { describe: 'Show the state or a saved plan', load: async () => (await import('./commands/show.ts')).show },
  'state list': {
    describe: 'List what is in the state',
    load: async () => (await import('./commands/state-list.ts')).stateList,
  },
  'state mv': {
    describe: 'Give objects of the state another address',
    load: async () => (await import('./commands/state-mv.ts')).stateMv,
  },
  'state pull': {
    describe: 'Print the state as it is stored',
    load: async () => (await import('./commands/state-pull.ts')).statePull,
  },
  'state push': {
    describe: 'Replace the state by one from a file',
    load: async () => (await import('./commands/state-push.ts')).statePush,
  },
  'state replace-provider': {
    describe: 'Change the provider of objects in the state',
    load: async () => (await import('./commands/state-replace-provider.ts')).stateReplaceProvider,
  },
  'state rm': {
    describe: 'Forget objects without touching them',
    load: async () => (await import('./commands/state-rm.ts')).stateRm,
  },
  'state show': {
    describe: 'Show one object of the state',
    load: async () => (await import('./commands/state-show.ts')).stateShow,
  },
  taint: {
    describe: 'Mark an object, so that the next plan replaces it',
    load: async () => (await import('./commands/taint.ts')).taint,
  },
  untaint: {
    describe: 'Take that mark away',
    load: async () => (await import('./commands/taint.ts')).untaint,
  },
  test: { describe: 'Carry out test files', load: async () => (await import('./commands/test.ts')).test },
  version: { describe: 'Show the version', load: async () => (await import('./commands/version.ts')).version },
  'workspace list': {
    describe: 'List workspaces',
    load: async () => (await import('./commands/workspace.ts')).workspaceList,
  },
  'workspace show': {
    describe: 'Show the current workspace',
    load: async () => (await import('./commands/workspace.ts')).workspaceShow,
  },
  'workspace new': {
    describe: 'Make a workspace',
    load: async () => (await import('./commands/workspace.ts')).workspaceNew,
  },
  'workspace select': {
    describe: 'Change to another workspace',
    load: async () => (await import('./commands/workspace.ts')).workspaceSelect,
  },
  'workspace delete': {
    describe: 'Remove a workspace',
    load: async () => (await import('./commands/workspace.ts')).workspaceDelete,
  },
};

/** @param args what was typed behind the program's name */
export async function runCommandLine(args: readonly string[], io: Io): Promise<ExitCode> {
  const global = readGlobalOptions(args);
  const inDirectory = await changeDirectory(global.directory, io);
  if ('problem' in inDirectory) return fail(io, inDirectory.problem);
  if (global.version) return (await import('./commands/version.ts')).version.run(new Arguments([], [], {}), io);
  const { name, rest } = commandOf(global.rest);
  if (name === undefined) return topLevelHelp(global.rest, global.help, io);
  const entry = COMMANDS[name];
  if (entry === undefined) return unknownCommand(name, io);
  return runCommand(name, await entry.load(), [...extraArguments(name, io), ...rest], global.help, inDirectory.io);
}

// ---- Global options ----------------------------------------------------------------------------------------------

interface GlobalOptions {
  readonly directory: string | undefined;
  readonly help: boolean;
  readonly version: boolean;
  readonly rest: readonly string[];
}

/** What stands before the command. */
function readGlobalOptions(args: readonly string[]): GlobalOptions {
  let [directory, help, version]: [string | undefined, boolean, boolean] = [undefined, false, false];
  let at = 0;
  for (; at < args.length; at++) {
    const [, name, value] = /^--?(chdir|help|version|h|v)(?:=(.*))?$/s.exec(args[at] ?? '') ?? [];
    if (name === undefined) break;
    if (name === 'chdir') directory = value ?? args[++at] ?? '';
    else if (name.startsWith('h')) help = true;
    else version = true;
  }
  return { directory, help, version, rest: args.slice(at) };
}

async function changeDirectory(
  directory: string | undefined,
  io: Io,
): Promise<{ readonly io: Io } | { readonly problem: Diagnostic }> {
  if (directory === undefined) return { io };
  const target = resolve(io.workingDirectory, directory);
  const found = await stat(target).catch(() => undefined);
  if (found?.isDirectory()) return { io: { ...io, workingDirectory: target } };
  const why = found === undefined ? 'there is no such directory' : 'it is not a directory';
  return {
    problem: problem('Cannot change the working directory', `-chdir=${directory} leads to ${target}, but ${why}.`),
  };
}

/** `TF_CLI_ARGS` for every command, `TF_CLI_ARGS_plan` for one. */
function extraArguments(name: string, { environment }: Io): string[] {
  const own = environment[`TF_CLI_ARGS_${name.replaceAll(' ', '_').replaceAll('-', '_')}`];
  return [...splitWords(environment.TF_CLI_ARGS ?? ''), ...splitWords(own ?? '')];
}

// ---- Commands ----------------------------------------------------------------------------------------------------

/** `state list` is one command of two words. */
function commandOf(args: readonly string[]): { readonly name: string | undefined; readonly rest: readonly string[] } {
  const [first, second] = args;
  if (first === undefined || first.startsWith('-')) return { name: undefined, rest: args };
  const group = Object.keys(COMMANDS).some((name) => name.startsWith(`${first} `));
  if (!group || second === undefined || second.startsWith('-')) return { name: first, rest: args.slice(1) };
  return { name: `${first} ${second}`, rest: args.slice(2) };
}

async function runCommand(
  name: string,
  command: Command,
  typed: readonly string[],
  help: boolean,
  io: Io,
): Promise<ExitCode> {
  const flags: Flags = {
    ...command.flags,
    help: { type: 'boolean', describe: 'Show this help' },
    h: { type: 'boolean', describe: 'Show this help' },
  };
  const { args, lists, problems } = rewriteArguments(typed, flags);
  if (help || args.includes('--help=true') || args.includes('--h=true')) {
    io.out(await commandHelp(name, command));
    return 0;
  }
  if (problems.length > 0) return fail(io, usageProblem(name, problems.join('\n')));
  const parsed = await parse(args, command.flags);
  const { least, most } = command.words;
  if (parsed.words.length < least || parsed.words.length > most)
    return fail(io, usageProblem(name, wordsText(command, parsed.words)));
  return command.run(new Arguments(parsed.words, lists, parsed.values), io);
}

/** With yargs' parser alone, and not even that where nothing was typed: the rest of yargs, which writes help, is loaded when somebody asks for that. */
async function parse(
  args: readonly string[],
  flags: Flags,
): Promise<{ words: readonly string[]; values: Record<string, unknown> }> {
  const defaults = Object.fromEntries(
    Object.entries(flags).flatMap(([name, flag]) => (flag.default === undefined ? [] : [[name, flag.default]])),
  );
  if (args.length === 0) return { words: [], values: defaults };
  const { Parser } = await import('yargs/helpers');
  const named = (type: 'boolean' | 'string') =>
    Object.entries(flags).flatMap(([name, flag]) => ((flag.type === 'boolean') === (type === 'boolean') ? [name] : []));
  const { _: words, ...values } = Parser([...args], {
    boolean: named('boolean'),
    string: named('string'),
    default: defaults,
    configuration: {
      'greedy-arrays': false,
      'dot-notation': false,
      'boolean-negation': false,
      'parse-numbers': false,
      'parse-positional-numbers': false,
      'camel-case-expansion': false,
      'duplicate-arguments-array': false,
      'short-option-groups': false,
    },
  });
  return { words: words.map(String), values };
}

function wordsText(command: Command, words: readonly string[]): string {
  const { least, most } = command.words;
  if (words.length < least) return `Something is missing. Usage: ${command.usage ?? ''}`;
  return most === 0
    ? `Too many command line arguments: "${words.join(' ')}". Did you mean to use -chdir?`
    : `Too many command line arguments. Usage: ${command.usage ?? ''}`;
}

// ---- Help and mistakes -------------------------------------------------------------------------------------------

function topLevelHelp(rest: readonly string[], help: boolean, io: Io): ExitCode | Promise<ExitCode> {
  const [unknown] = rest;
  if (unknown !== undefined && !help) {
    return fail(io, problem('Failed to parse command-line flags', `flag provided but not defined: ${unknown}`));
  }
  io.out(overview());
  return help ? 0 : 1;
}

const MAIN: readonly string[] = ['init', 'validate', 'plan', 'apply', 'destroy'];

function overview(): string {
  const line = (name: string) => `  ${name.padEnd(18)}${COMMANDS[name]?.describe ?? ''}`;
  const others = Object.keys(COMMANDS)
    .filter((name) => !MAIN.includes(name))
    .sort();
  return [
    `Stowage ${VERSION}: plan and apply for Docker, in Terraform's language`,
    '',
    'Usage: stowage [global options] <command> [options]',
    '',
    'Main commands:',
    ...MAIN.map(line),
    '',
    'All other commands:',
    ...others.map(line),
    '',
    'Global options (before the command):',
    '  -chdir=DIR        Change to this directory first',
    '  -help             Show this help, or that of a command',
    '  -version          Show the version',
    '',
    'Options may have one dash or two.',
    '',
  ].join('\n');
}

async function commandHelp(name: string, command: Command): Promise<string> {
  const { default: yargs } = await import('yargs');
  const options = Object.entries(command.flags).map(([flag, { type, describe }]) => {
    const kind = type === 'boolean' ? 'boolean' : 'string';
    return [flag, { type: kind, describe, requiresArg: type !== 'boolean' }] as const;
  });
  const help = await yargs([])
    .usage(`Usage: stowage [global options] ${name} [options] ${command.usage ?? ''}\n\n${command.describe}`)
    .options(Object.fromEntries(options))
    .help(false)
    .version(false)
    .wrap(100)
    .getHelp();
  return `${help}\n`;
}

function unknownCommand(name: string, io: Io): ExitCode | Promise<ExitCode> {
  const members = Object.keys(COMMANDS).filter((command) => command.startsWith(`${name} `));
  if (members.length > 0) {
    const lines = members.map((command) => `  ${command.padEnd(18)}${COMMANDS[command]?.describe ?? ''}`);
    io.out(`Usage: stowage [global options] ${name} <subcommand> [options]\n\nSubcommands:\n${lines.join('\n')}\n`);
    return 1;
  }
  const detail = `Stowage has no command named "${name}".${suggestion(name, Object.keys(COMMANDS))}\n\nAll commands are listed by:\n  stowage -help`;
  return fail(io, problem('Unknown command', detail));
}

function usageProblem(name: string, detail: string): Diagnostic {
  return problem(
    'Failed to parse command-line flags',
    `${detail}\n\nFor more help on using this command, run:\n  stowage ${name} -help`,
  );
}

function problem(summary: string, detail: string): Diagnostic {
  return { severity: 'error', summary, detail };
}

async function fail(io: Io, diagnostic: Diagnostic): Promise<ExitCode> {
  const { failWith } = await import('./reporting.ts');
  return failWith([diagnostic], new Arguments([], [], {}), io);
}
