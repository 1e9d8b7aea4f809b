/**
 * A module while it is walked: one node per instance of a module, holding the values found so far. Who finds them (a
 * planner, an applier, a validation) is not its business.
 */
import { type InstanceKey, type ModulePath, keyText } from '../addr/address.ts';
import type { Module } from '../config/module.ts';
import { DYNAMIC } from '../value/type.ts';
import { type Value, objectValue, tupleValue, unknownValue } from '../value/value.ts';
import { NO_REPETITION, type Repetition, type RepetitionData, SINGLE, keysOf } from './repetition.ts';

export class ModuleInstance {
  readonly module: Module;
  readonly path: ModulePath;
  readonly parent: ModuleInstance | undefined;
  /** `each` and `count` of the call, for its arguments. */
  readonly callRepetition: RepetitionData;
  readonly variables = new Map<string, Value>();
  readonly locals = new Map<string, Value>();
  readonly outputs = new Map<string, Value>();
  /** By name of the call. */
  readonly children = new Map<string, Instances<ModuleInstance>>();
  /** By `type.name` or `data.type.name`. */
  readonly resources = new Map<string, Instances<Value>>();

  constructor(
    module: Module,
    path: ModulePath,
    parent: ModuleInstance | undefined = undefined,
    callRepetition: RepetitionData = NO_REPETITION,
  ) {
    this.module = module;
    this.path = path;
    this.parent = parent;
    this.callRepetition = callRepetition;
  }

  /** All outputs as one object, as `module.x` gives it. */
  outputsValue(): Value {
    const outputs = [...this.module.outputs.keys()];
    return objectValue(outputs.map((name) => [name, this.outputs.get(name) ?? unknownValue(DYNAMIC)]));
  }
}

/** The instances of one block, with how many there are. */
export class Instances<T> {
  readonly repetition: Repetition;
  readonly #items = new Map<string, T>();
  #whole: Value | undefined;

  constructor(repetition: Repetition = SINGLE) {
    this.repetition = repetition;
  }

  set(key: InstanceKey | undefined, item: T): void {
    this.#items.set(keyText(key), item);
    this.#whole = undefined;
  }

  get(key: InstanceKey | undefined): T | undefined {
    return this.#items.get(keyText(key));
  }

  values(): IterableIterator<T> {
    return this.#items.values();
  }

  /** The value of a reference to the whole block: the one, a tuple, or an object of all. */
  whole(read: (item: T) => Value): Value {
    this.#whole ??= this.#assemble(read);
    return this.#whole;
  }

  #assemble(read: (item: T) => Value): Value {
    const of = (key: InstanceKey | undefined) => {
      const item = this.get(key);
      return item === undefined ? unknownValue(DYNAMIC) : read(item);
    };
    const { repetition } = this;
    switch (repetition.kind) {
      case 'single':
        return of(undefined);
      case 'count':
        return tupleValue(keysOf(repetition).map(of));
      case 'each':
        return objectValue([...repetition.values.keys()].map((key) => [key, of(key)]));
      case 'unknown':
        return unknownValue(DYNAMIC);
    }
  }
}
