/**
 * Reads a root module and all the modules that it calls. Local modules are read from where their sources say, others
 * from where `init` has put them.
 */
import { isAbsolute, join, normalize, relative } from 'node:path';
import { ROOT, moduleText } from '../addr/address.ts';
import { type Diagnostic, type Result, errorAt, hasErrors, warningAt } from '../diag/diagnostic.ts';
import type { ModulePlace } from './module-builder.ts';
import { type InstalledModule, type ModuleManifest, readModuleManifest } from './module-manifest.ts';
import { canonicalSource, shownSource } from './module-package.ts';
import { readModule } from './module-reader.ts';
import { isLocalSource } from './module-source.ts';
import { checkProviderPassing } from './provider-passing.ts';
import { impliedProviderSource } from './provider-source.ts';
import type { Configuration, Module, ModuleCall } from './module.ts';
import { satisfiesVersion } from './version-constraint.ts';

/** The version of Terraform whose language this is. */
export const LANGUAGE_VERSION = '1.11.4';

const VERSION_ADVICE =
  'To proceed, either choose another supported Terraform version or update this version constraint. Version constraints are normally set for good reason, so updating the constraint may lead to other errors or unexpected behavior.';

/** Deeper than any configuration that means it. */
const MAXIMUM_DEPTH = 100;

export interface LoadOptions {
  /** Absolute; what relative directories and file names start from. */
  readonly workingDirectory: string;
  /** Where `init` keeps its data; `.terraform` unless told. */
  readonly dataDirectory?: string;
  /**
   * `init`: missing local modules are reported as what they are. Otherwise, as Terraform words it, as something that
   * `init` has not installed.
   */
  readonly purpose?: 'init' | 'run';
  /** Source of a provider that `required_providers` does not name; Terraform's rule unless told. */
  readonly defaultProviderSource?: (localName: string) => string;
  /** Compared with `required_version`. */
  readonly languageVersion?: string;
}

/**
 * @param directory of the root module, relative to the working directory: usually `.`
 * @returns a configuration whenever the directory could be read; with errors it is not fit for evaluation
 */
export async function loadConfiguration(directory: string, options: LoadOptions): Promise<Result<Configuration>> {
  const loader = new Loader(options);
  const root = loader.load({ path: ROOT, directory: normalize(directory), call: undefined, parent: undefined });
  if (root === undefined) {
    const detail = `Module directory ${directory} does not exist or cannot be read.`;
    return { value: undefined, diagnostics: [errorAt(undefined, 'Failed to read module directory', detail)] };
  }
  if (!hasErrors(loader.diagnostics)) {
    loader.diagnostics.push(...checkProviderPassing(root, options.defaultProviderSource ?? impliedProviderSource));
  }
  const { versionProblems } = loader;
  const isOtherLanguage = versionProblems.length > 0 && !hasErrors(loader.diagnostics);
  return {
    value: { root, modules: loader.modules },
    diagnostics: isOtherLanguage ? versionProblems : loader.diagnostics,
  };
}

class Loader {
  readonly diagnostics: Diagnostic[] = [];
  /** Only reported when everything else is well: what cannot be read is the more urgent. */
  readonly versionProblems: Diagnostic[] = [];
  readonly modules = new Map<string, Module>();
  readonly #options: LoadOptions;
  #manifest: ModuleManifest | undefined;

  constructor(options: LoadOptions) {
    this.#options = options;
  }

  /** The module of a directory with everything below it; undefined when the directory cannot be read. */
  load(place: ModulePlace): Module | undefined {
    const children = new Map<string, Module>();
    const module = readModule(place, this.#options.workingDirectory, children, this.diagnostics);
    if (module === undefined) return undefined;
    this.modules.set(moduleText(place.path), module);
    this.#checkVersions(module);
    if (place.parent) this.#checkChild(module);
    // Mistakes of the root module come before those of modules that it calls.
    if (place.parent === undefined && hasErrors(this.diagnostics)) return module;
    for (const call of [...module.calls.values()].sort((a, b) => (a.name < b.name ? -1 : 1))) {
      const child = this.#loadCall(call, module);
      if (child) children.set(call.name, child);
    }
    return module;
  }

  #loadCall(call: ModuleCall, parent: Module): Module | undefined {
    if (call.source === '') return undefined;
    const path = [...parent.path, { name: call.name, key: undefined }];
    if (path.length > MAXIMUM_DEPTH) {
      const detail = `The module ${moduleText(path.slice(0, 3))}... calls itself, directly or through others, so that its expansion never ends.`;
      this.diagnostics.push(errorAt(call.range, 'Module calls itself', detail));
      return undefined;
    }
    const directory = this.#directoryOf(call, parent, path.map((step) => step.name).join('.'));
    if (directory === 'other') return undefined;
    if (directory === undefined) {
      const detail = `The module "${call.name}" comes from ${shownSource(call.source)} and has not been fetched yet. Run "stowage init" to fetch all modules that this configuration calls.`;
      this.diagnostics.push(errorAt(call.range, 'Module not installed', detail));
      return undefined;
    }
    const module = this.load({ path, directory, call, parent });
    if (module === undefined) this.diagnostics.push(...this.#unreadable(call, directory));
    return module;
  }

  /** Where the called module is; undefined when nobody has put it anywhere, `other` when what is there is another. */
  #directoryOf(call: ModuleCall, parent: Module, key: string): string | undefined | 'other' {
    if (isLocalSource(call.source)) return join(parent.directory, call.source.replaceAll('\\', '/'));
    this.#manifest ??= readModuleManifest(this.#options.workingDirectory, this.#options.dataDirectory);
    const installed = this.#manifest.get(key);
    if (installed) return this.#fits(call, installed) ? normalize(installed.directory) : 'other';
    // An absolute path needs no installation to be found.
    return isAbsolute(call.source) ? relative(this.#options.workingDirectory, call.source) || '.' : undefined;
  }

  /** Whether what is installed is what is called now. */
  #fits(call: ModuleCall, installed: InstalledModule): boolean {
    const advice = 'Run "stowage init" to install all modules that this configuration calls.';
    if (installed.source !== canonicalSource(call.source)) {
      const detail = `The module "${call.name}" was installed from another source than the one that is written here now. ${advice}`;
      this.diagnostics.push(errorAt(call.sourceRange, 'Module source has changed', detail));
      return false;
    }
    if (call.version === undefined || satisfiesVersion(installed.version ?? '', call.version)) return true;
    const detail = `The module "${call.name}" is installed as version ${installed.version ?? '(none)'}, which "${call.version}" does not allow. ${advice}`;
    this.diagnostics.push(errorAt(call.range, 'Module version requirements have changed', detail));
    return false;
  }

  #unreadable(call: ModuleCall, directory: string): Diagnostic[] {
    if (this.#options.purpose === 'init') {
      const detail = `Unable to evaluate directory symlink: lstat ${directory.split('/')[0]}: no such file or directory`;
      const line = call.range.file.position(call.range.start).line;
      const place = `The directory  could not be read for module "${call.name}" at ${call.range.file.name}:${line}.`;
      return [detail, place].map((text) => errorAt(undefined, 'Unreadable module directory', text));
    }
    const detail = `The directory ${directory} of the module "${call.name}" (source ${shownSource(call.source)}) cannot be read. Correct the source, or run "stowage init" to fetch it again.`;
    return [errorAt(call.range, 'Module not installed', detail)];
  }

  #checkVersions(module: Module): void {
    const version = this.#options.languageVersion ?? LANGUAGE_VERSION;
    for (const { constraint, range } of module.terraform.requiredVersions) {
      if (satisfiesVersion(version, constraint)) continue;
      const who = module.call
        ? `Module ${moduleText(module.path)} (from ${module.call.source}) does not support Terraform version ${version}.`
        : `This configuration does not support Terraform version ${version}.`;
      this.versionProblems.push(errorAt(range, 'Unsupported Terraform Core version', `${who} ${VERSION_ADVICE}`));
    }
  }

  /** What only a root module may have. */
  #checkChild(module: Module): void {
    const { backend } = module.terraform;
    if (backend) {
      const detail =
        "Any selected backend applies to the entire configuration, so Terraform expects provider configurations only in the root module.\n\nThis is a warning rather than an error because it's sometimes convenient to temporarily call a root module as a child module for testing purposes, but this backend configuration block will have no effect.";
      this.diagnostics.push(warningAt(backend.range, 'Backend configuration ignored', detail));
    }
    const [first] = module.imports;
    if (first) {
      const detail = `An import block was detected in "${moduleText(module.path)}". Import blocks are only allowed in the root module.`;
      this.diagnostics.push(errorAt(first.range, 'Invalid import configuration', detail));
    }
  }
}

/** Whether a configuration that was loaded with these diagnostics may be evaluated. */
export function isUsable(loaded: Result<Configuration>): loaded is Result<Configuration> & { value: Configuration } {
  return loaded.value !== undefined && !hasErrors(loaded.diagnostics);
}
