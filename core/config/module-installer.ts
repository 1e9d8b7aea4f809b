/**
 * Brings the modules that a configuration calls to where `load.ts` looks for them, with those that they call themselves,
 * and writes down where each one is. What is there already and fits stays.
 */
import { existsSync } from 'node:fs';
import { cp, mkdir, rename, rm } from 'node:fs/promises';
import { isAbsolute, join, normalize, posix, relative, resolve } from 'node:path';
import { ROOT } from '../addr/address.ts';
import { type Diagnostic, type Diagnostics, errorAt, hasErrors } from '../diag/diagnostic.ts';
import { isInside } from './fetch-archive.ts';
import type { FetchContext } from './fetch-context.ts';
import { wordsOf } from './fetch-http.ts';
import { expandDirectory, fetchPackage } from './fetch-package.ts';
import { ModuleRegistries } from './fetch-registry.ts';
import { type InstalledModule, readModuleManifest, writeModuleManifest } from './module-manifest.ts';
import {
  type PackageSource,
  type RegistrySource,
  canonicalSource,
  parseModuleSource,
  parsePackageSource,
  shownSource,
} from './module-package.ts';
import { readModule } from './module-reader.ts';
import type { Module, ModuleCall } from './module.ts';
import { isVersionConstraint, newestVersion, satisfiesVersion } from './version-constraint.ts';

export interface InstallOptions extends FetchContext {
  /** `.terraform`, or what TF_DATA_DIR says. */
  readonly dataDirectory: string;
  /** Fetch again what is there already. */
  readonly upgrade: boolean;
  /** Told what is going on, a line each. */
  notify(line: string): void;
}

/** Deeper than any configuration that means it; `load.ts` says so. */
const MAXIMUM_DEPTH = 100;

/** @returns what could not be fetched. Mistakes in the configuration are for `load.ts` to report. */
export async function installModules(directory: string, options: InstallOptions): Promise<Diagnostics> {
  const installer = new Installer(options);
  const mistakes: Diagnostic[] = [];
  const place = { path: ROOT, directory: normalize(directory), call: undefined, parent: undefined };
  const root = readModule(place, options.workingDirectory, new Map(), mistakes);
  if (root === undefined || hasErrors(mistakes) || root.calls.size === 0) return [];
  return installer.run(root);
}

/** Where the files of a module came from: local sources must not lead out of there. */
interface Package {
  /** Absolute. */
  readonly root: string;
  readonly source: string;
}

class Installer {
  readonly #options: InstallOptions;
  readonly #registries: ModuleRegistries;
  readonly #before: ReadonlyMap<string, InstalledModule>;
  readonly #installed = new Map<string, InstalledModule>([['', { source: '', directory: '.' }]]);
  /** Directories (absolute) of packages fetched in this run, with the directory inside that was meant. */
  readonly #fetched = new Map<string, { readonly target: string; readonly inside: string }>();
  readonly #problems: Diagnostic[] = [];

  constructor(options: InstallOptions) {
    this.#options = options;
    this.#registries = new ModuleRegistries(options);
    this.#before = readModuleManifest(options.workingDirectory, options.dataDirectory);
  }

  async run(root: Module): Promise<Diagnostics> {
    await this.#calls(root, undefined);
    try {
      writeModuleManifest(this.#installed, this.#options.workingDirectory, this.#options.dataDirectory);
    } catch (error) {
      const detail = `The list of modules cannot be written into ${this.#options.dataDirectory}: ${wordsOf(error)}.`;
      this.#problems.push(errorAt(undefined, 'Failed to update module manifest', detail));
    }
    return this.#problems;
  }

  /** Modules that a module calls, and what those call. */
  async #calls(module: Module, from: Package | undefined): Promise<void> {
    if (module.path.length >= MAXIMUM_DEPTH) return;
    for (const call of [...module.calls.values()].sort((a, b) => (a.name < b.name ? -1 : 1))) {
      if (call.source === '' || this.#options.signal.aborted) continue;
      const path = [...module.path, { name: call.name, key: undefined }];
      const key = path.map(({ name }) => name).join('.');
      const found = await this.#install(call, module, key, from);
      if (found === undefined) {
        this.#keepBefore(key);
        continue;
      }
      this.#installed.set(key, found.installed);
      const { directory } = found.installed;
      const child = readModule(
        { path, directory, call, parent: module },
        this.#options.workingDirectory,
        new Map(),
        [],
      );
      if (child) await this.#calls(child, found.from);
    }
  }

  /** What could not be fetched again is still what it was, with all that it calls. */
  #keepBefore(key: string): void {
    for (const [name, installed] of this.#before) {
      const isBelow = name === key || name.startsWith(`${key}.`);
      if (isBelow && existsSync(resolve(this.#options.workingDirectory, installed.directory))) {
        this.#installed.set(name, installed);
      }
    }
  }

  async #install(
    call: ModuleCall,
    parent: Module,
    key: string,
    from: Package | undefined,
  ): Promise<{ readonly installed: InstalledModule; readonly from: Package | undefined } | undefined> {
    const source = parseModuleSource(call.source);
    if (source.kind === 'local') {
      const directory = join(parent.directory, source.path);
      if (!this.#mayCall(call, directory, from)) return undefined;
      if (this.#before.get(key)?.directory !== directory) this.#options.notify(`- ${key} in ${directory}`);
      return { installed: { source: call.source, directory }, from };
    }
    const installed = this.#kept(call, key) ?? (await this.#fetch(call, source, key));
    if (installed === undefined) return undefined;
    return { installed, from: { root: this.#target(key), source: installed.source } };
  }

  /** Inside a package every local module has to be part of it. */
  #mayCall(call: ModuleCall, directory: string, from: Package | undefined): boolean {
    if (!from || isInside(resolve(this.#options.workingDirectory, directory), from.root)) return true;
    const detail = `The module "${call.name}" is called by its path ${call.source}, which leads out of the package ${shownSource(from.source)} that the caller came with. What lies there on this machine is not part of it. Use a path inside of the package, or a source of its own.`;
    this.#problems.push(errorAt(call.sourceRange, 'Local module path escapes module package', detail));
    return false;
  }

  /** What an earlier run has put there, when it is still what is asked for. */
  #kept(call: ModuleCall, key: string): InstalledModule | undefined {
    const found = this.#before.get(key);
    if (this.#options.upgrade || found?.source !== canonicalSource(call.source)) return undefined;
    if (call.version !== undefined && !satisfiesVersion(found.version ?? '', call.version)) return undefined;
    return existsSync(resolve(this.#options.workingDirectory, found.directory)) ? found : undefined;
  }

  async #fetch(
    call: ModuleCall,
    source: RegistrySource | PackageSource,
    key: string,
  ): Promise<InstalledModule | undefined> {
    if (source.kind !== 'registry') {
      this.#options.notify(`Downloading ${shownSource(source.address)} for ${key}...`);
      return this.#place(call, source, key, undefined, '');
    }
    const version = await this.#chooseVersion(call, source);
    if (version === undefined) return undefined;
    this.#options.notify(`Downloading ${source.host}/${source.path} ${version} for ${key}...`);
    const location = await this.#registries.location(source, version);
    if ('problem' in location) {
      const detail = `${this.#who(call)} is in the registry ${source.host} as version ${version}, but it does not say where: ${location.problem}.`;
      this.#problems.push(errorAt(call.range, 'Error accessing remote module registry', detail));
      return undefined;
    }
    return this.#place(call, parsePackageSource(location.value), key, version, source.directory);
  }

  async #chooseVersion(call: ModuleCall, source: RegistrySource): Promise<string | undefined> {
    const versions = await this.#registries.versions(source);
    if ('problem' in versions) {
      const isMissing = 'kind' in versions;
      const summary = isMissing ? 'Module not found' : 'Error accessing remote module registry';
      const detail = isMissing
        ? `${this.#who(call)} cannot be found in the module registry ${source.host}: it has no module ${source.path}. Check the source for a mistake in writing.`
        : `The versions of ${this.#who(call)} cannot be had from the registry ${source.host}: ${versions.problem}.`;
      this.#problems.push(errorAt(call.range, summary, detail));
      return undefined;
    }
    const constraint = call.version !== undefined && isVersionConstraint(call.version) ? call.version : undefined;
    const chosen = newestVersion(versions.value, constraint);
    if (chosen !== undefined) return chosen;
    const newest = newestVersion(versions.value, undefined);
    const [summary, detail] =
      constraint === undefined || versions.value.length === 0
        ? [
            'Module has no versions',
            `${this.#who(call)} has no versions that are not previews in the registry ${source.host}.`,
          ]
        : [
            'Unresolvable module version constraint',
            `No version of ${this.#who(call)} in the registry ${source.host} fulfils "${constraint}".${newest ? ` The newest one is ${newest}.` : ''}`,
          ];
    this.#problems.push(errorAt(call.range, summary, detail));
    return undefined;
  }

  /** Puts a package into the directory of this call. */
  async #place(
    call: ModuleCall,
    source: PackageSource,
    key: string,
    version: string | undefined,
    further: string,
  ): Promise<InstalledModule | undefined> {
    const target = this.#target(key);
    const inside = await this.#bring(source, target);
    if ('problem' in inside) {
      const detail = `Could not download ${this.#who(call)} from "${shownSource(source.address)}": ${shownSource(inside.problem)}`;
      this.#problems.push(errorAt(call.range, 'Failed to download module', closed(detail)));
      return undefined;
    }
    const wanted = posix.join(inside.value, source.directory, further);
    const directory = await expandDirectory(target, wanted);
    if (directory === undefined || !existsSync(join(target, directory)) || !isInside(join(target, directory), target)) {
      const detail = `${this.#who(call)} was fetched from "${shownSource(source.address)}", but there is no directory "${wanted}" in it. Check what stands behind // in the source.`;
      this.#problems.push(errorAt(call.sourceRange, 'Unreadable module subdirectory', detail));
      return undefined;
    }
    const shown = this.#relative(join(target, directory));
    this.#options.notify(`- ${key} in ${shown}`);
    return { source: canonicalSource(call.source), ...(version === undefined ? {} : { version }), directory: shown };
  }

  /** One package is fetched once in a run, however many modules in it are called. */
  async #bring(source: PackageSource, target: string): Promise<{ value: string } | { problem: string }> {
    // What is there already goes only when the new one is complete.
    const staging = `${target}.incomplete`;
    try {
      await mkdir(this.#target(''), { recursive: true });
      await remove(staging);
      const known = this.#fetched.get(source.address);
      if (known) await cp(known.target, staging, { recursive: true, verbatimSymlinks: true });
      const fetched = known
        ? { value: known.inside }
        : await fetchPackage({ ...source, directory: '' }, staging, this.#options);
      if ('problem' in fetched) return fetched;
      await remove(target);
      await rename(staging, target);
      this.#fetched.set(source.address, { target, inside: fetched.value });
      return fetched;
    } catch (error) {
      return { problem: wordsOf(error) };
    } finally {
      await remove(staging).catch(() => {});
    }
  }

  #target(key: string): string {
    return resolve(this.#options.workingDirectory, this.#options.dataDirectory, 'modules', key);
  }

  #relative(path: string): string {
    const { workingDirectory, dataDirectory } = this.#options;
    return isAbsolute(dataDirectory) ? path : relative(workingDirectory, path);
  }

  #who({ name, range, source }: ModuleCall): string {
    const { line } = range.file.position(range.start);
    return `module "${name}" (${range.file.name}:${line}, source "${shownSource(source)}")`;
  }
}

function remove(path: string): Promise<void> {
  return rm(path, { recursive: true, force: true });
}

function closed(sentence: string): string {
  return /[.!?]$/.test(sentence) ? sentence : `${sentence}.`;
}
