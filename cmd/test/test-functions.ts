/** Which functions test files call, so that no other is loaded. */
import type { TestFile } from '../../core/config/test-file.ts';
import { callsIn } from '../../core/eval/traversals.ts';
import type { Body, Expression } from '../../core/hcl/ast.ts';

/** `all` where a template read at run time may call any function. */
export function testFunctionNames(files: readonly TestFile[]): Set<string> | 'all' {
  const names = new Set<string>();
  for (const file of files) {
    for (const expression of fileExpressions(file)) for (const { name } of callsIn(expression)) names.add(name);
  }
  return [...names].some((name) => name.endsWith('templatefile') || name.endsWith('templatestring')) ? 'all' : names;
}

function* fileExpressions(file: TestFile): Generator<Expression> {
  for (const { value } of file.variables.values()) yield value;
  for (const provider of file.providers.values())
    if (provider.kind === 'real') yield* bodyExpressions(provider.config.body);
  for (const { variables, assertions } of file.runs) {
    for (const { value } of variables.values()) yield value;
    for (const { condition, errorMessage } of assertions) yield* [condition, errorMessage];
  }
}

function* bodyExpressions(body: Body): Generator<Expression> {
  for (const attribute of body.attributes.values()) yield attribute.value;
  for (const block of body.blocks) yield* bodyExpressions(block.body);
}
