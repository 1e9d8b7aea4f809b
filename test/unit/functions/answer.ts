/** Evaluates one expression with every function at hand and says in one line what came of it. */
import type { Diagnostic } from '../../../core/diag/diagnostic.ts';
import { SourceFile } from '../../../core/diag/source.ts';
import { evaluate } from '../../../core/eval/evaluate.ts';
import { jsonText } from '../../../core/eval/functions/json-text.ts';
import type { CallEnvironment, FunctionTable, Scope } from '../../../core/eval/scope.ts';
import { parseExpression } from '../../../core/hcl/parser.ts';
import { containsUnknown, isSensitive, unmarkDeep } from '../../../core/value/marks.ts';
import { typeText } from '../../../core/value/show.ts';
import { EPHEMERAL, UNKNOWN, type Value, stringValue, typeOf, withMarks } from '../../../core/value/value.ts';

export interface Surroundings {
  readonly functions: FunctionTable;
  readonly context?: Partial<CallEnvironment>;
  /** Values of `local.<name>`; `local.us` is always unknown and of unknown type, `local.eph` ephemeral. */
  readonly locals?: Readonly<Record<string, Value>>;
}

const NOWHERE: CallEnvironment = {
  baseDirectory: '.',
  homeDirectory: '/home/tester',
  planTime: new Date('2024-05-06T07:08:09Z'),
  pure: false,
};

export function evaluateText(text: string, { functions, context, locals }: Surroundings): Value | Diagnostic {
  const diagnostics: Diagnostic[] = [];
  const values = { us: UNKNOWN, eph: withMarks(stringValue('secret'), EPHEMERAL), ...locals };
  const scope: Scope = {
    functions,
    context: { ...NOWHERE, ...context },
    resolve: ({ steps: [step] }) => {
      const name = step?.kind === 'attribute' ? step.name : '';
      return { value: new Map(Object.entries<Value>(values)).get(name) ?? UNKNOWN, used: 1 };
    },
  };
  const parsed = parseExpression(new SourceFile('main.tf', text));
  diagnostics.push(...parsed.diagnostics);
  const value = parsed.value === undefined ? UNKNOWN : evaluate(parsed.value, scope, diagnostics);
  return diagnostics.find(({ severity }) => severity === 'error') ?? value;
}

/** `<json> <type>`, after `sensitive` where a mark is somewhere in it; `unknown <type>`; or `error: <summary>: <detail>`. */
export function answer(text: string, surroundings: Surroundings): string {
  const result = evaluateText(text, surroundings);
  if ('severity' in result) return `error: ${result.summary}: ${result.detail.replace(/\s+/g, ' ').trim()}`;
  const type = typeText(typeOf(result)).replace(/\s+/g, '');
  const body = containsUnknown(result) ? `unknown ${type}` : `${jsonText(unmarkDeep(result))} ${type}`;
  return isSensitive(result) ? `sensitive ${body}` : body;
}
