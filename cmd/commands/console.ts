/** `console`: expressions in, values out; from a terminal or a pipe. Reads the state, changes nothing. */
import { type Diagnostic, errorAt, hasErrors } from '../../core/diag/diagnostic.ts';
import { SourceFile } from '../../core/diag/source.ts';
import type { Expression } from '../../core/hcl/ast.ts';
import { lex } from '../../core/hcl/lexer.ts';
import { parseExpression } from '../../core/hcl/parser.ts';
import { Token } from '../../core/hcl/token.ts';
import { type Evaluation, openEvaluation } from '../../core/plan/evaluation.ts';
import { typeText } from '../../core/value/show.ts';
import { DYNAMIC } from '../../core/value/type.ts';
import { type Value, typeOf, unknownValue } from '../../core/value/value.ts';
import { callsIn } from '../../core/eval/traversals.ts';
import { collectVariableValues, prepareVariables } from '../../core/config/variables.ts';
import type { Module } from '../../core/config/module.ts';
import type { Arguments, Command } from '../command.ts';
import { variableArguments } from '../early-values.ts';
import { readConfiguration, readOrStartState, runInput } from '../engine.ts';
import { COLOR, STATE, VARIABLES } from '../flags.ts';
import type { ExitCode, Io } from '../io.ts';
import { failWith, report } from '../reporting.ts';
import { openStatePlace } from '../state-place.ts';
import { valueText } from '../view/value-text.ts';

export const consoleCommand: Command = {
  describe: 'Evaluates expressions with the values of the configuration and the state.',
  flags: { ...COLOR, ...STATE, ...VARIABLES },
  words: { least: 0, most: 0 },
  run,
};

const HELP = `Type an expression and press Enter to see its value. Variables, locals, outputs of modules and
what is in the state can be referred to as in the configuration: docker_container.web.id.
type(EXPRESSION) shows the type of a value. An expression may go on over several lines while
a bracket is open.

To leave, type "exit", or press Control-D.`;

async function run(args: Arguments, io: Io): Promise<ExitCode> {
  const { value: configuration, diagnostics } = await readConfiguration(io);
  if (configuration === undefined || hasErrors(diagnostics)) return failWith(diagnostics, args, io);
  const place = await openStatePlace(args, io, configuration.root);
  const state = place.value && (await readOrStartState(place.value));
  if (place.value === undefined || state?.value === undefined)
    return failWith([...place.diagnostics, ...(state?.diagnostics ?? [])], args, io);
  const variables = await variablesOf(configuration.root, args, io);
  if (hasErrors(variables.problems)) return failWith(variables.problems, args, io);
  const input = runInput(configuration, variables.values, place.value.workspace, args, io, { event: () => {} });
  const opened = await openEvaluation(input, state.value, io.now());
  if (opened.value === undefined) return failWith(opened.diagnostics, args, io);
  const problems = [...diagnostics, ...opened.diagnostics, ...opened.value.diagnostics];
  report(problems, args, io);
  const session: Session = { args, io, evaluation: opened.value };
  return io.terminal.input ? talk(session) : readAll(session);
}

/** What has no value is unknown here: nobody wants to be asked for all of them to try something out. */
async function variablesOf(
  root: Module,
  args: Arguments,
  io: Io,
): Promise<{ readonly values: Map<string, Value>; readonly problems: readonly Diagnostic[] }> {
  const collected = await collectVariableValues({
    module: root,
    directory: io.workingDirectory,
    environment: io.environment,
    cliArguments: variableArguments(args),
  });
  const prepared = prepareVariables(root, collected.value ?? new Map());
  const problems = [...collected.diagnostics, ...prepared.diagnostics].filter(
    ({ summary }) => summary !== 'No value for required variable',
  );
  const missing = prepared.diagnostics.some(({ summary }) => summary === 'No value for required variable');
  const values = prepared.value ?? new Map<string, Value>();
  if (missing) {
    for (const { name, defaultValue } of root.variables.values()) {
      if (defaultValue === undefined && !collected.value?.has(name)) values.set(name, unknownValue(DYNAMIC));
    }
  }
  return { values, problems };
}

interface Session {
  readonly args: Arguments;
  readonly io: Io;
  readonly evaluation: Evaluation;
}

/** At a terminal: every value is shown, and a mistake is no end. */
async function talk(session: Session): Promise<ExitCode> {
  const { io, args } = session;
  for (;;) {
    io.out('> ');
    const text = await readExpression(io, () => io.out(': '));
    if (text === undefined || text.trim() === 'exit') {
      if (text === undefined) io.out('\n');
      return 0;
    }
    const answer = answerTo(text, session);
    if ('problems' in answer) report(answer.problems, args, io);
    else if (answer.text !== '') io.out(`${answer.text}\n`);
  }
}

/** From a pipe: the last value is the answer, and the first mistake is the end. */
async function readAll(session: Session): Promise<ExitCode> {
  const { io, args } = session;
  let last = '';
  for (;;) {
    const text = await readExpression(io, () => {});
    if (text === undefined) break;
    if (text.trim() === 'exit') return 0;
    if (text === '' && last !== '') continue;
    const answer = answerTo(text, session);
    if ('problems' in answer) return failWith(answer.problems, args, io);
    last = answer.text;
  }
  io.out(`${last}\n`);
  return 0;
}

/** Lines until every bracket and heredoc is closed; undefined at the end of the input. */
async function readExpression(io: Io, more: () => void): Promise<string | undefined> {
  let text = await io.readLine();
  while (text !== undefined && isOpen(text)) {
    more();
    const line = await io.readLine();
    if (line === undefined) return text;
    text += `\n${line}`;
  }
  return text;
}

const OPENING: ReadonlySet<number> = new Set([
  Token.openBrace,
  Token.openBracket,
  Token.openParen,
  Token.openInterpolation,
  Token.openDirective,
]);
const CLOSING: ReadonlySet<number> = new Set([
  Token.closeBrace,
  Token.closeBracket,
  Token.closeParen,
  Token.closeSequence,
]);

function isOpen(text: string): boolean {
  const tokens = lex(text);
  let depth = 0;
  let heredocs = 0;
  for (let at = 0; at < tokens.count; at++) {
    const kind = tokens.kind(at);
    if (OPENING.has(kind)) depth++;
    else if (CLOSING.has(kind)) depth--;
    else if (kind === Token.openHeredoc) heredocs++;
    else if (kind === Token.closeHeredoc) heredocs--;
  }
  // The name that opens a heredoc is one only with its line break, the one that closes it only on a line of its own.
  return depth > 0 || heredocs > 0 || /<<-?[\p{L}_][\p{L}\p{N}_-]*\s*$/u.test(text);
}

type Answer = { readonly text: string } | { readonly problems: readonly Diagnostic[] };

function answerTo(text: string, { evaluation }: Session): Answer {
  const plain = text.trim();
  if (plain === '') return { text: '' };
  if (plain === 'help') return { text: HELP };
  const { value: expression, diagnostics } = parseExpression(new SourceFile('<console-input>', text));
  if (expression === undefined || hasErrors(diagnostics)) return { problems: diagnostics };
  const problems: Diagnostic[] = [];
  const asked = typeQuestion(expression);
  const inner = asked ?? expression;
  if (asked && typeQuestion(asked)) return { text: 'type' };
  const arity = asked === undefined ? wrongArity(expression) : undefined;
  if (arity) return { problems: [arity] };
  if ([...callsIn(inner)].some(({ name }) => name === 'type')) return { problems: [MISPLACED_TYPE] };
  const value = evaluation.evaluate(inner, problems);
  if (hasErrors(problems)) return { problems };
  return { text: asked ? typeText(typeOf(value)) : valueText(value) };
}

/** What `type(...)` asks about; only the console knows it, and only as the whole expression. */
function typeQuestion(expression: Expression): Expression | undefined {
  return expression.kind === 'call' && expression.name === 'type' && expression.args.length === 1
    ? expression.args[0]
    : undefined;
}

function wrongArity(expression: Expression): Diagnostic | undefined {
  if (expression.kind !== 'call' || expression.name !== 'type') return undefined;
  const extra = expression.args[1];
  const detail = 'The function "type" takes one argument: the expression whose type is shown.';
  return extra === undefined
    ? errorAt(expression.closeParen, 'Not enough function arguments', detail)
    : errorAt(extra, 'Too many function arguments', detail);
}

const MISPLACED_TYPE: Diagnostic = {
  severity: 'error',
  summary: 'Invalid use of type function',
  detail:
    'The function "type" is there to ask about a whole expression, type(EXPRESSION), and cannot be a part of one.',
};
