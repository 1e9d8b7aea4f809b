/**
 * Addresses: which module, which resource, which instance. Printed forms are Terraform's and serve as map keys, so two
 * addresses are the same exactly when they print the same. Knows nothing of what an address points to.
 */

export type InstanceKey = string | number;
export type ResourceMode = 'managed' | 'data';

/** One call on the way from the root: `module.name` or `module.name[key]`. */
export interface ModuleStep {
  readonly name: string;
  readonly key: InstanceKey | undefined;
}

/** From the root downwards; empty for the root. In a static module path every `key` is undefined. */
export type ModulePath = readonly ModuleStep[];

export const ROOT: ModulePath = Object.freeze([]);

/** A resource block in a module instance (or, with keys left out, in the configuration). */
export interface ResourceAddress {
  readonly module: ModulePath;
  readonly mode: ResourceMode;
  readonly type: string;
  readonly name: string;
}

export interface InstanceAddress {
  readonly resource: ResourceAddress;
  readonly key: InstanceKey | undefined;
}

export function keyText(key: InstanceKey | undefined): string {
  if (key === undefined) return '';
  return typeof key === 'number' ? `[${key}]` : `[${quote(key)}]`;
}

/** `module.a["k"].module.b`; empty for the root. */
export function moduleText(path: ModulePath): string {
  return path.map((step) => `module.${step.name}${keyText(step.key)}`).join('.');
}

/** The path as the configuration has it: without instance keys. */
export function staticModule(path: ModulePath): ModulePath {
  return path.map((step) => ({ name: step.name, key: undefined }));
}

/** `type.name` or `data.type.name`, without the module. */
export function localResourceText(address: Pick<ResourceAddress, 'mode' | 'type' | 'name'>): string {
  return `${address.mode === 'data' ? 'data.' : ''}${address.type}.${address.name}`;
}

export function resourceText(address: ResourceAddress): string {
  const module = moduleText(address.module);
  return module === '' ? localResourceText(address) : `${module}.${localResourceText(address)}`;
}

export function instanceText(address: InstanceAddress): string {
  return resourceText(address.resource) + keyText(address.key);
}

/** A resource as the configuration has it, in every instance of its module. Key of the graph's resource nodes. */
export function configResourceText(address: ResourceAddress): string {
  return resourceText({ ...address, module: staticModule(address.module) });
}

/** A string as HCL writes it, in quotes. */
export function quote(text: string): string {
  const escaped = text.replace(/["\\\n\r\t]|\$\{|%\{/g, (match) => ESCAPES[match] ?? match);
  return `"${escaped}"`;
}

const ESCAPES: Readonly<Record<string, string>> = {
  '"': '\\"',
  '\\': '\\\\',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '${': '$${',
  '%{': '%%{',
};
