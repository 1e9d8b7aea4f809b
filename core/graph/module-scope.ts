/**
 * Names inside one module instance, for one instance of a block. References are known to be valid in form and to name
 * things that exist (`config/validate.ts` has checked that); what can go wrong here is a key that is not there.
 */
import { localResourceText } from '../addr/address.ts';
import { suggestion } from '../diag/did-you-mean.ts';
import { type Diagnostic, errorAt } from '../diag/diagnostic.ts';
import type { Range } from '../diag/source.ts';
import type { Module } from '../config/module.ts';
import type { CallContext, FunctionTable, Resolved, Scope } from '../eval/scope.ts';
import type { TraversalExpression, TraversalStep } from '../hcl/ast.ts';
import { DYNAMIC, STRING } from '../value/type.ts';
import { UNKNOWN, type Value, numberValue, stringValue, unknownValue } from '../value/value.ts';
import { numToInteger } from '../value/number.ts';
import type { Instances, ModuleInstance } from './module-instance.ts';
import { NO_REPETITION, type RepetitionData } from './repetition.ts';

/** What is the same in every scope of a walk. */
export interface WalkSettings {
  readonly functions: FunctionTable;
  readonly context: Omit<CallContext, 'functions' | 'callRange'>;
  readonly workspace: string;
  /** Absolute. */
  readonly workingDirectory: string;
  /** `path.root`. */
  readonly rootDirectory: string;
}

export class ModuleScope implements Scope {
  readonly #settings: WalkSettings;
  readonly #module: ModuleInstance;
  readonly #repetition: RepetitionData;
  readonly #self: Value | undefined;

  constructor(
    settings: WalkSettings,
    module: ModuleInstance,
    repetition: RepetitionData = NO_REPETITION,
    self: Value | undefined = undefined,
  ) {
    this.#settings = settings;
    this.#module = module;
    this.#repetition = repetition;
    this.#self = self;
  }

  get functions(): FunctionTable {
    return functionsIn(this.#settings.functions, this.#module.module);
  }

  get context(): Omit<CallContext, 'functions' | 'callRange'> {
    return this.#settings.context;
  }

  resolve(reference: TraversalExpression, diagnostics: Diagnostic[]): Resolved {
    const first = stepName(reference.steps[0]);
    switch (reference.root.name) {
      case 'var':
        return this.#named(this.#module.variables.get(first));
      case 'local':
        return this.#named(this.#module.locals.get(first));
      case 'each':
        return this.#each(first, reference, diagnostics);
      case 'count':
        return this.#count(reference, diagnostics);
      case 'path':
        return { value: this.#path(first), used: 1 };
      case 'terraform':
      case 'tofu':
        return { value: stringValue(this.#settings.workspace), used: 1 };
      case 'self':
        return this.#selfValue(reference, diagnostics);
      case 'module':
        return this.#moduleCall(first, reference, diagnostics);
      case 'data':
        return this.#resource('data', first, stepName(reference.steps[1]), 2, reference, diagnostics);
      case 'resource':
        return this.#resource('managed', first, stepName(reference.steps[1]), 2, reference, diagnostics);
      default:
        return this.#resource('managed', reference.root.name, first, 1, reference, diagnostics);
    }
  }

  resolveInstance(reference: TraversalExpression, index: Value, diagnostics: Diagnostic[]): Value | undefined {
    const instances = this.#wholeBlock(reference);
    if (!instances || index.marks !== 0) return undefined;
    const key = index.kind === 'string' ? index.value : index.kind === 'number' ? numToInteger(index.value) : undefined;
    if (key === undefined || !keyFits(instances.repetition.kind, key)) return undefined;
    return this.#instance(instances, key, reference, diagnostics);
  }

  /** The instances behind a reference that names a whole resource or module call, keys and attributes left out. */
  #wholeBlock(reference: TraversalExpression): Instances<Value> | Instances<ModuleInstance> | undefined {
    const names = reference.steps.map(stepName);
    const [first = '', second = ''] = names;
    const root = reference.root.name;
    if (root === 'module') return names.length === 1 ? this.#module.children.get(first) : undefined;
    if (root === 'data') return names.length === 2 ? this.#module.resources.get(`data.${first}.${second}`) : undefined;
    return names.length === 1 ? this.#module.resources.get(`${root}.${first}`) : undefined;
  }

  #named(value: Value | undefined): Resolved {
    return { value: value ?? UNKNOWN, used: 1 };
  }

  #each(name: string, reference: TraversalExpression, diagnostics: Diagnostic[]): Resolved {
    const data = this.#repetition;
    if (data.kind !== 'each') {
      return failed(
        reference,
        diagnostics,
        'Reference to "each" in context without for_each',
        'The "each" object can be used only in "module" or "resource" blocks, and only when the "for_each" argument is set.',
      );
    }
    if (name === 'key')
      return {
        value: data.key === undefined ? unknownValue(STRING, { notNull: true }) : stringValue(data.key),
        used: 1,
      };
    return { value: data.value ?? unknownValue(DYNAMIC), used: 1 };
  }

  #count(reference: TraversalExpression, diagnostics: Diagnostic[]): Resolved {
    const data = this.#repetition;
    if (data.kind !== 'count') {
      return failed(
        reference,
        diagnostics,
        'Reference to "count" in non-counted context',
        'The "count" object can only be used in "module", "resource", and "data" blocks, and only when the "count" argument is set.',
      );
    }
    return {
      value: data.index === undefined ? unknownValue({ kind: 'number' }, { notNull: true }) : numberValue(data.index),
      used: 1,
    };
  }

  #path(name: string): Value {
    if (name === 'cwd') return stringValue(this.#settings.workingDirectory);
    return stringValue(name === 'root' ? this.#settings.rootDirectory : this.#module.module.directory);
  }

  #selfValue(reference: TraversalExpression, diagnostics: Diagnostic[]): Resolved {
    if (this.#self) return { value: this.#self, used: 0 };
    return failed(
      reference,
      diagnostics,
      'Invalid "self" reference',
      'The "self" object stands for the resource around it and exists only in provisioner, connection and postcondition blocks.',
    );
  }

  #moduleCall(name: string, reference: TraversalExpression, diagnostics: Diagnostic[]): Resolved {
    const children = this.#module.children.get(name);
    if (!children) return { value: UNKNOWN, used: reference.steps.length };
    if (children.repetition.kind === 'unknown') return { value: UNKNOWN, used: reference.steps.length };
    let used = 1;
    let instance: ModuleInstance | undefined;
    if (children.repetition.kind === 'single') {
      instance = children.get(undefined);
    } else {
      const step = reference.steps[1];
      if (step?.kind !== 'index' || !keyFits(children.repetition.kind, step.key)) {
        return { value: children.whole((child) => child.outputsValue()), used };
      }
      instance = children.get(step.key);
      if (!instance) return invalidIndex(step, reference, children, diagnostics);
      used = 2;
    }
    const output = reference.steps[used];
    if (!instance) return { value: UNKNOWN, used: reference.steps.length };
    if (output?.kind !== 'attribute') return { value: instance.outputsValue(), used };
    if (!instance.module.outputs.has(output.name)) {
      return failed(
        reference,
        diagnostics,
        'Unsupported attribute',
        `This object does not have an attribute named "${output.name}".${suggestion(output.name, instance.module.outputs.keys())}`,
        output,
      );
    }
    return { value: instance.outputs.get(output.name) ?? UNKNOWN, used: used + 1 };
  }

  #resource(
    mode: 'managed' | 'data',
    type: string,
    name: string,
    used: number,
    reference: TraversalExpression,
    diagnostics: Diagnostic[],
  ): Resolved {
    const instances = this.#module.resources.get(localResourceText({ mode, type, name }));
    if (!instances) return { value: UNKNOWN, used: reference.steps.length };
    const { repetition } = instances;
    if (repetition.kind === 'unknown') return { value: UNKNOWN, used: reference.steps.length };
    if (repetition.kind === 'single') return { value: instances.get(undefined) ?? UNKNOWN, used };
    const step = reference.steps[used];
    if (step?.kind !== 'index' || !keyFits(repetition.kind, step.key)) {
      return { value: instances.whole((value) => value), used };
    }
    const value = instances.get(step.key);
    return value ? { value, used: used + 1 } : invalidIndex(step, reference, instances, diagnostics);
  }

  #instance(
    instances: Instances<Value> | Instances<ModuleInstance>,
    key: string | number,
    reference: TraversalExpression,
    diagnostics: Diagnostic[],
  ): Value | undefined {
    const item = instances.get(key);
    if (item === undefined) return invalidIndex(undefined, reference, instances, diagnostics, key).value;
    return 'kind' in item ? item : item.outputsValue();
  }
}

const tables = new WeakMap<Module, { readonly all: FunctionTable; readonly own: FunctionTable }>();

/** `provider::name::f` is a function of what the module calls by this name. */
function functionsIn(all: FunctionTable, module: Module): FunctionTable {
  if (module.requiredProviders.size === 0) return all;
  const known = tables.get(module);
  if (known?.all === all) return known.own;
  const own: FunctionTable = {
    names: () => all.names(),
    get: (name) => {
      const [, provider, plain] = /^provider::([^:]+)::([^:]+)$/.exec(name) ?? [];
      if (provider === undefined) return all.get(name);
      return all.get(`${module.requiredProviders.get(provider)?.source ?? ''}::${plain}`);
    },
  };
  tables.set(module, { all, own });
  return own;
}

function keyFits(kind: 'single' | 'count' | 'each' | 'unknown', key: string | number): boolean {
  return (kind === 'count' && typeof key === 'number') || (kind === 'each' && typeof key === 'string');
}

function stepName(step: TraversalStep | undefined): string {
  if (step === undefined) return '';
  return step.kind === 'attribute' ? step.name : String(step.key);
}

function failed(
  reference: TraversalExpression,
  diagnostics: Diagnostic[],
  summary: string,
  detail: string,
  subject: Range = reference,
): Resolved {
  diagnostics.push(errorAt(subject, summary, detail));
  return { value: UNKNOWN, used: reference.steps.length };
}

function invalidIndex(
  step: TraversalStep | undefined,
  reference: TraversalExpression,
  instances: Instances<Value> | Instances<ModuleInstance>,
  diagnostics: Diagnostic[],
  key: string | number = step?.kind === 'index' ? step.key : '',
): Resolved {
  const { repetition } = instances;
  const detail =
    repetition.kind === 'count'
      ? `The given key does not identify an element in this collection value: the given index is greater than or equal to the length of the collection, which has ${repetition.count} elements.`
      : `The given key does not identify an element in this collection value.${repetition.kind === 'each' ? suggestion(String(key), repetition.values.keys()) : ''}`;
  return failed(reference, diagnostics, 'Invalid index', detail, step ?? reference);
}
