/** Which functions a configuration calls, so that no other is loaded. */
import type { CheckRule, Configuration, Module, Provisioner, Resource } from '../config/module.ts';
import { callsIn } from '../eval/traversals.ts';
import type { Body, Expression } from '../hcl/ast.ts';

/** `all` where a template read at run time may call any function. */
export function functionNames(configuration: Configuration): Set<string> | 'all' {
  const names = new Set<string>();
  for (const module of configuration.modules.values()) {
    for (const expression of moduleExpressions(module)) for (const call of callsIn(expression)) names.add(call.name);
  }
  return [...names].some((name) => name.endsWith('templatefile') || name.endsWith('templatestring')) ? 'all' : names;
}

function* moduleExpressions(module: Module): Generator<Expression> {
  for (const variable of module.variables.values()) yield* ruleExpressions(variable.validations);
  for (const local of module.locals.values()) yield local.value;
  for (const output of module.outputs.values()) {
    yield* present(output.value);
    yield* ruleExpressions(output.preconditions);
  }
  for (const resource of module.resources.values()) yield* resourceExpressions(resource);
  for (const call of module.calls.values()) {
    yield* present(call.count, call.forEach, call.enabled);
    for (const argument of call.arguments.values()) yield argument.value;
  }
  for (const provider of module.providers.values()) {
    yield* present(provider.forEach);
    yield* bodyExpressions(provider.body);
  }
  for (const imported of module.imports) yield* present(imported.to, imported.id, imported.identity, imported.forEach);
  for (const check of module.checks.values()) yield* ruleExpressions(check.assertions);
}

function* resourceExpressions(resource: Resource): Generator<Expression> {
  const { lifecycle } = resource;
  yield* bodyExpressions(resource.body);
  yield* present(resource.count, resource.forEach, lifecycle.preventDestroy, lifecycle.destroy, lifecycle.enabled);
  yield* lifecycle.replaceTriggeredBy;
  yield* ruleExpressions(lifecycle.preconditions);
  yield* ruleExpressions(lifecycle.postconditions);
  if (resource.connection) yield* bodyExpressions(resource.connection);
  for (const provisioner of resource.provisioners) yield* provisionerExpressions(provisioner);
}

function* provisionerExpressions(provisioner: Provisioner): Generator<Expression> {
  yield* bodyExpressions(provisioner.body);
  if (provisioner.connection) yield* bodyExpressions(provisioner.connection);
}

function* ruleExpressions(rules: readonly CheckRule[]): Generator<Expression> {
  for (const rule of rules) yield* [rule.condition, rule.errorMessage];
}

function* bodyExpressions(body: Body): Generator<Expression> {
  for (const attribute of body.attributes.values()) yield attribute.value;
  for (const block of body.blocks) yield* bodyExpressions(block.body);
}

function* present(...expressions: (Expression | undefined)[]): Generator<Expression> {
  for (const expression of expressions) if (expression) yield expression;
}
