/**
 * References make a DAG: one node per block, not per instance. The walk of a plan, of an apply and of a validation all
 * start from this graph. It decides order and nothing else.
 */
import { type ModulePath, localResourceText, moduleText } from '../addr/address.ts';
import type {
  Check,
  CheckRule,
  Configuration,
  Local,
  Module,
  ModuleCall,
  Output,
  Provisioner,
  Resource,
  Variable,
} from '../config/module.ts';
import { type Diagnostic, errorAt } from '../diag/diagnostic.ts';
import type { Range } from '../diag/source.ts';
import { type Reference, parseAll, referencesIn, referencesInBody } from '../eval/reference.ts';
import type { Body, Expression, TraversalExpression } from '../hcl/ast.ts';
import { Graph } from './graph.ts';
import { type ProviderUse, type ProviderUses, providerNodeId } from './provider-use.ts';

export type ConfigNode =
  | { readonly kind: 'variable'; readonly module: Module; readonly variable: Variable }
  | { readonly kind: 'local'; readonly module: Module; readonly local: Local }
  | { readonly kind: 'output'; readonly module: Module; readonly output: Output }
  /** Decides how many instances the called module has. */
  | { readonly kind: 'call'; readonly module: Module; readonly call: ModuleCall; readonly child: Module }
  /** After everything in the module. */
  | { readonly kind: 'close'; readonly module: Module }
  | { readonly kind: 'provider'; readonly use: ProviderUse }
  | { readonly kind: 'resource'; readonly module: Module; readonly resource: Resource; readonly provider: ProviderUse }
  | { readonly kind: 'check'; readonly module: Module; readonly check: Check };

export type ConfigGraph = Graph<ConfigNode>;

export function nodeId(kind: Exclude<ConfigNode['kind'], 'provider'>, module: ModulePath, name = ''): string {
  return `${kind} ${moduleText(module)} ${name}`;
}

export function resourceNodeId(module: ModulePath, resource: Pick<Resource, 'mode' | 'type' | 'name'>): string {
  return nodeId('resource', module, localResourceText(resource));
}

export function buildConfigGraph(configuration: Configuration, uses: ProviderUses): ConfigGraph {
  const graph: ConfigGraph = new Graph();
  for (const module of configuration.modules.values()) addNodes(graph, module, uses);
  for (const use of uses.all()) graph.add(providerNodeId(use), { kind: 'provider', use });
  for (const [id, node] of graph.entries()) new Edges(graph, id).of(node);
  return graph;
}

function addNodes(graph: ConfigGraph, module: Module, uses: ProviderUses): void {
  const { path } = module;
  for (const variable of module.variables.values()) {
    graph.add(nodeId('variable', path, variable.name), { kind: 'variable', module, variable });
  }
  for (const local of module.locals.values())
    graph.add(nodeId('local', path, local.name), { kind: 'local', module, local });
  for (const output of module.outputs.values()) {
    graph.add(nodeId('output', path, output.name), { kind: 'output', module, output });
  }
  for (const resource of module.resources.values()) {
    const provider = uses.forResource(module, resource);
    graph.add(resourceNodeId(path, resource), { kind: 'resource', module, resource, provider });
  }
  for (const check of module.checks.values())
    graph.add(nodeId('check', path, check.name), { kind: 'check', module, check });
  for (const call of module.calls.values()) {
    const child = module.children.get(call.name);
    if (!child) continue;
    graph.add(nodeId('call', child.path), { kind: 'call', module, call, child });
    graph.add(nodeId('close', child.path), { kind: 'close', module: child });
  }
}

/** Edges of one node. */
class Edges {
  readonly #graph: ConfigGraph;
  readonly #from: string;

  constructor(graph: ConfigGraph, from: string) {
    this.#graph = graph;
    this.#from = from;
  }

  of(node: ConfigNode): void {
    switch (node.kind) {
      case 'variable':
        return this.#variable(node.module, node.variable);
      case 'local':
        this.#inside(node.module);
        return this.#expression(node.module, node.local.value);
      case 'output':
        return this.#output(node.module, node.output);
      case 'call':
        return this.#call(node.module, node.call);
      case 'close':
        return this.#close(node.module);
      case 'provider':
        return this.#provider(node.use);
      case 'resource':
        return this.#resource(node.module, node.resource, node.provider);
      case 'check':
        return this.#check(node.module, node.check);
    }
  }

  #to(id: string): void {
    this.#graph.connect(this.#from, id);
  }

  /** Everything in a module waits until it is known how often the module exists. */
  #inside(module: Module): void {
    this.#to(nodeId('call', module.path));
  }

  #variable(module: Module, variable: Variable): void {
    this.#inside(module);
    this.#rules(module, variable.validations);
    const argument = module.call?.arguments.get(variable.name);
    if (module.parent && argument) this.#expression(module.parent, argument.value);
  }

  #output(module: Module, output: Output): void {
    this.#inside(module);
    if (output.value) this.#expression(module, output.value);
    this.#rules(module, output.preconditions);
    this.#dependsOn(module, output.dependsOn);
  }

  #call(module: Module, call: ModuleCall): void {
    this.#inside(module);
    for (const expression of [call.count, call.forEach, call.enabled])
      if (expression) this.#expression(module, expression);
    this.#dependsOn(module, call.dependsOn);
  }

  #close(module: Module): void {
    const { path } = module;
    this.#to(nodeId('call', path));
    for (const name of module.outputs.keys()) this.#to(nodeId('output', path, name));
    for (const resource of module.resources.values()) this.#to(resourceNodeId(path, resource));
    for (const child of module.children.values()) this.#to(nodeId('close', child.path));
  }

  #provider(use: ProviderUse): void {
    if (!use.config) return;
    this.#inside(use.module);
    this.#body(use.module, use.config.body);
    if (use.config.forEach) this.#expression(use.module, use.config.forEach);
  }

  #resource(module: Module, resource: Resource, provider: ProviderUse): void {
    this.#inside(module);
    this.#to(providerNodeId(provider));
    this.#body(module, resource.body);
    for (const expression of [resource.count, resource.forEach]) if (expression) this.#expression(module, expression);
    this.#dependsOn(module, resource.dependsOn);
    const { lifecycle } = resource;
    for (const expression of [
      lifecycle.preventDestroy,
      lifecycle.destroy,
      lifecycle.enabled,
      ...lifecycle.replaceTriggeredBy,
    ]) {
      if (expression) this.#expression(module, expression);
    }
    this.#rules(module, lifecycle.preconditions);
    this.#rules(module, lifecycle.postconditions);
    if (resource.connection) this.#body(module, resource.connection);
    for (const provisioner of resource.provisioners)
      if (provisioner.when === 'create') this.#provisioner(module, provisioner);
  }

  #provisioner(module: Module, provisioner: Provisioner): void {
    this.#body(module, provisioner.body);
    if (provisioner.connection) this.#body(module, provisioner.connection);
  }

  /** Checks come last: after everything that they speak of, and data inside them after all managed resources. */
  #check(module: Module, check: Check): void {
    this.#inside(module);
    this.#rules(module, check.assertions);
    if (check.dataResource) this.#to(nodeId('resource', module.path, check.dataResource));
  }

  #rules(module: Module, rules: readonly CheckRule[]): void {
    for (const rule of rules) {
      this.#expression(module, rule.condition);
      this.#expression(module, rule.errorMessage);
    }
  }

  #body(module: Module, body: Body): void {
    this.#references(module, referencesInBody(body));
  }

  #expression(module: Module, expression: Expression): void {
    this.#references(module, referencesIn(expression));
  }

  #references(module: Module, references: Iterable<Reference>): void {
    for (const reference of references) for (const id of nodesOf(module, reference)) this.#to(id);
  }

  #dependsOn(module: Module, traversals: readonly TraversalExpression[]): void {
    for (const reference of parseAll(traversals)) {
      const { subject } = reference;
      const called = subject.kind === 'module' ? module.children.get(subject.name) : undefined;
      if (called) this.#to(nodeId('close', called.path));
      else this.#references(module, [reference]);
    }
  }
}

/** Nodes that a reference in this module waits for. */
export function nodesOf(module: Module, { subject }: Reference): string[] {
  switch (subject.kind) {
    case 'variable':
    case 'local':
      return [nodeId(subject.kind, module.path, subject.name)];
    case 'resource':
      return [resourceNodeId(module.path, subject)];
    case 'module':
      return moduleNodes(module, subject.name, subject.output);
    default:
      return [];
  }
}

/** `module.a.out` waits for that output, `module.a` for all of them. */
function moduleNodes(module: Module, name: string, output: string | undefined): string[] {
  const child = module.children.get(name);
  if (!child) return [];
  if (output !== undefined && child.outputs.has(output)) return [nodeId('output', child.path, output)];
  return [nodeId('call', child.path), ...[...child.outputs.keys()].map((each) => nodeId('output', child.path, each))];
}

/** A diagnostic for each group of blocks that wait for each other. */
export function cycleDiagnostics(graph: ConfigGraph): Diagnostic[] {
  return graph.cycles().map((ids) => {
    const names = ids.map((id) => describe(graph.get(id)));
    const path = [...names, names[0]].join(' -> ');
    const places = ids.flatMap((id) => place(rangeOfNode(graph.get(id))));
    return errorAt(
      undefined,
      `Cycle: ${names.join(', ')}`,
      `These blocks refer to each other in a circle, so none of them can come first: ${path}. They stand at ${places.join(', ')}. Remove one of the references.`,
    );
  });
}

function place(range: Range | undefined): string[] {
  return range ? [`${range.file.name}:${range.file.position(range.start).line}`] : [];
}

/** How Terraform names a node in a cycle. */
function describe(node: ConfigNode | undefined): string {
  if (!node) return '';
  const prefix = (path: ModulePath) => (path.length > 0 ? `${moduleText(path)}.` : '');
  switch (node.kind) {
    case 'variable':
      return `${prefix(node.module.path)}var.${node.variable.name} (expand)`;
    case 'local':
      return `${prefix(node.module.path)}local.${node.local.name} (expand)`;
    case 'output':
      return `${prefix(node.module.path)}output.${node.output.name} (expand)`;
    case 'call':
      return `${moduleText(node.child.path)} (expand)`;
    case 'close':
      return `${moduleText(node.module.path)} (close)`;
    case 'provider':
      return node.use.text;
    case 'resource':
      return prefix(node.module.path) + localResourceText(node.resource);
    case 'check':
      return `${prefix(node.module.path)}check.${node.check.name}`;
  }
}

function rangeOfNode(node: ConfigNode | undefined): Range | undefined {
  switch (node?.kind) {
    case 'variable':
      return node.variable.range;
    case 'local':
      return node.local.range;
    case 'output':
      return node.output.range;
    case 'call':
      return node.call.range;
    case 'resource':
      return node.resource.range;
    case 'check':
      return node.check.range;
    case 'provider':
      return node.use.config?.range;
    default:
      return undefined;
  }
}
