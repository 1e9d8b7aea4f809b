/** The `lifecycle` block of resources and data sources. */
import type { ResourceMode } from '../addr/address.ts';
import { type Diagnostic, errorAt } from '../diag/diagnostic.ts';
import { referencesIn } from '../eval/reference.ts';
import type { Attribute, Block, Expression } from '../hcl/ast.ts';
import { jsonStringExpression } from '../hcl/json.ts';
import { decodeCondition } from './check-rule.ts';
import { type Content, type ContentSchema, readContent } from './content.ts';
import type { CheckRule, IgnorePath, Lifecycle } from './module.ts';
import { keywordOf, shimmedTraversal, staticList } from './static-form.ts';
import { constantText, staticBool } from './static-value.ts';

const SCHEMA: ContentSchema = {
  attributes: {
    create_before_destroy: 'optional',
    prevent_destroy: 'optional',
    ignore_changes: 'optional',
    replace_triggered_by: 'optional',
    destroy: 'optional',
    enabled: 'optional',
  },
  blocks: { precondition: [], postcondition: [] },
};

/** Whose lifecycle it is. */
interface Owner {
  readonly mode: ResourceMode;
  readonly type: string;
  readonly name: string;
}

export const NO_LIFECYCLE: Lifecycle = Object.freeze({
  createBeforeDestroy: undefined,
  preventDestroy: undefined,
  destroy: undefined,
  enabled: undefined,
  ignoreChanges: [],
  replaceTriggeredBy: [],
  preconditions: [],
  postconditions: [],
});

/** What a `lifecycle` block says. */
export function decodeLifecycle(block: Block, owner: Owner, diagnostics: Diagnostic[]): Lifecycle {
  const content = readContent(block.body, SCHEMA, diagnostics);
  if (owner.mode === 'data') {
    refuseArguments(content, diagnostics);
    return { ...NO_LIFECYCLE, ...decodeConditions(content, owner, diagnostics) };
  }
  const get = (name: string): Expression | undefined => content.attributes.get(name)?.value;
  const createBeforeDestroy = get('create_before_destroy');
  const ignoreChanges = get('ignore_changes');
  const replaceTriggeredBy = get('replace_triggered_by');
  const preventDestroy = get('prevent_destroy');
  if (preventDestroy) staticBool(preventDestroy, diagnostics);
  return {
    createBeforeDestroy: createBeforeDestroy && staticBool(createBeforeDestroy, diagnostics),
    preventDestroy,
    destroy: get('destroy'),
    enabled: get('enabled'),
    ignoreChanges: ignoreChanges ? decodeIgnoreChanges(ignoreChanges, diagnostics) : [],
    replaceTriggeredBy: replaceTriggeredBy ? decodeReplaceTriggeredBy(replaceTriggeredBy, diagnostics) : [],
    ...decodeConditions(content, owner, diagnostics),
  };
}

function refuseArguments(content: Content, diagnostics: Diagnostic[]): void {
  for (const attribute of content.attributes.values()) diagnostics.push(notForData(attribute));
}

function notForData(attribute: Attribute): Diagnostic {
  const detail = `The lifecycle argument "${attribute.name}" is defined only for managed resources ("resource" blocks), and is not valid for data resources.`;
  return errorAt(attribute.nameRange, 'Invalid data resource lifecycle argument', detail);
}

function decodeConditions(
  content: Content,
  owner: Owner,
  diagnostics: Diagnostic[],
): { preconditions: CheckRule[]; postconditions: CheckRule[] } {
  const preconditions: CheckRule[] = [];
  const postconditions: CheckRule[] = [];
  for (const block of content.blocks) {
    const rule = decodeCondition(block, owner, diagnostics);
    if (rule) (block.type === 'precondition' ? preconditions : postconditions).push(rule);
  }
  return { preconditions, postconditions };
}

function decodeIgnoreChanges(expression: Expression, diagnostics: Diagnostic[]): 'all' | IgnorePath[] {
  if (keywordOf(expression) === 'all') return 'all';
  const list = staticList(expression);
  diagnostics.push(...list.diagnostics);
  const paths: IgnorePath[] = [];
  let wildcard: Expression | undefined;
  for (const element of list.value ?? []) {
    if (isStar(element)) {
      const detail =
        'The ["*"] form of ignore_changes wildcard is was deprecated and is now invalid. Use "ignore_changes = all" to ignore changes to all attributes.';
      diagnostics.push(errorAt(expression, 'Invalid ignore_changes wildcard', detail));
      wildcard = element;
      continue;
    }
    const path = decodeIgnorePath(element, diagnostics);
    if (path) paths.push(path);
  }
  if (wildcard && paths.length > 0) {
    const detail = 'Cannot mix wildcard string "*" with non-wildcard references.';
    diagnostics.push(errorAt(wildcard, 'Invalid ignore_changes ruleset', detail));
  }
  return wildcard ? 'all' : paths;
}

function isStar(expression: Expression): boolean {
  if (expression.kind === 'json') return expression.json.kind === 'string' && expression.json.value === '*';
  return constantText(expression) === '*';
}

function decodeIgnorePath(element: Expression, diagnostics: Diagnostic[]): IgnorePath | undefined {
  const traversal = shimmedTraversal(element);
  diagnostics.push(...traversal.diagnostics);
  if (traversal.value === undefined) return undefined;
  const { root, steps, file, start, end } = traversal.value;
  const path = [root.name, ...steps.map((step) => (step.kind === 'attribute' ? step.name : step.key))];
  return { path, file, start, end };
}

function decodeReplaceTriggeredBy(expression: Expression, diagnostics: Diagnostic[]): Expression[] {
  const list = staticList(expression);
  diagnostics.push(...list.diagnostics);
  const problems: Diagnostic[] = [];
  const triggers = (list.value ?? []).map((element) => {
    const trigger = nativeExpression(element, diagnostics);
    if (problems.length === 0) checkTrigger(trigger, problems);
    return trigger;
  });
  diagnostics.push(...problems);
  return triggers;
}

/** A JSON string holds the expression itself, not a template. */
function nativeExpression(element: Expression, diagnostics: Diagnostic[]): Expression {
  if (element.kind !== 'json' || element.json.kind !== 'string') return element;
  const traversal = shimmedTraversal(element);
  if (traversal.value) return traversal.value;
  const parsed = jsonStringExpression(element.json);
  diagnostics.push(...parsed.diagnostics);
  return parsed.value ?? element;
}

function checkTrigger(expression: Expression, diagnostics: Diagnostic[]): void {
  const problems: Diagnostic[] = [];
  const references = referencesIn(expression, problems);
  diagnostics.push(...problems.map((problem) => ({ ...problem, subject: expression })));
  if (problems.length > 0) return;
  let resources = 0;
  for (const { subject } of references) {
    if (subject.kind === 'resource') resources++;
    else if (subject.kind === 'each' && subject.name !== 'key') {
      const summary = 'Invalid each reference in replace_triggered_by expression';
      diagnostics.push(errorAt(expression, summary, 'Only each.key may be used in replace_triggered_by.'));
    } else if (subject.kind === 'count' && subject.name !== 'index') {
      const summary = 'Invalid count reference in replace_triggered_by expression';
      diagnostics.push(errorAt(expression, summary, 'Only count.index may be used in replace_triggered_by.'));
    } else if (subject.kind !== 'each' && subject.kind !== 'count') {
      const summary = 'Invalid reference in replace_triggered_by expression';
      const detail = 'Only resources, count.index, and each.key may be used in replace_triggered_by.';
      diagnostics.push(errorAt(expression, summary, detail));
    }
  }
  if (resources === 1) return;
  const detail = `${resources === 0 ? 'Missing resource reference' : 'Multiple resource references'} in replace_triggered_by expression.`;
  diagnostics.push(errorAt(expression, 'Invalid replace_triggered_by expression', detail));
}
