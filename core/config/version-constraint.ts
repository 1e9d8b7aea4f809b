/** Version constraints: `>= 1.2, < 2.0`, `~> 1.11`. */
import { type Diagnostic, errorAt } from '../diag/diagnostic.ts';
import type { Attribute } from '../hcl/ast.ts';
import { convertValue, isFailure } from '../value/convert.ts';
import { STRING } from '../value/type.ts';
import { staticValue } from './static-value.ts';

type Operator = '=' | '!=' | '>' | '<' | '>=' | '<=' | '~>';

interface Version {
  readonly segments: readonly number[];
  /** How many segments were written. */
  readonly written: number;
  readonly prerelease: string;
}

const CONSTRAINT = /^\s*(=|!=|>|<|>=|<=|~>)?\s*v?(\d+(?:\.\d+)*)(?:-([0-9A-Za-z.~-]+))?(?:\+[0-9A-Za-z.~-]+)?\s*$/;

interface Term {
  readonly operator: Operator;
  readonly version: Version;
}

/** Text of an argument that takes a version constraint; undefined after an error or for null. */
export function decodeVersionConstraint(attribute: Attribute, diagnostics: Diagnostic[]): string | undefined {
  const problems: Diagnostic[] = [];
  const value = staticValue(attribute.value, problems);
  diagnostics.push(...problems);
  if (problems.length > 0 || value.kind === 'null') return undefined;
  const text = convertValue(value, STRING);
  if (isFailure(text) || text.kind !== 'string') {
    const detail = `A string value is required for ${attribute.name}.`;
    diagnostics.push(errorAt(attribute.value, 'Invalid version constraint', detail));
    return undefined;
  }
  if (isVersionConstraint(text.value)) return text.value;
  const detail = 'This string does not use correct version constraint syntax.';
  diagnostics.push(errorAt(attribute.value, 'Invalid version constraint', detail));
  return undefined;
}

export function isVersionConstraint(text: string): boolean {
  return parseTerms(text) !== undefined;
}

/** Whether a version fulfils every part of a constraint. A constraint that cannot be read is not fulfilled. */
export function satisfiesVersion(version: string, constraint: string): boolean {
  const candidate = parseVersion(version);
  return candidate !== undefined && (parseTerms(constraint)?.every((term) => satisfies(candidate, term)) ?? false);
}

/** The greatest version that fulfils a constraint. A preview is chosen only by its exact name. */
export function newestVersion(versions: readonly string[], constraint: string | undefined): string | undefined {
  const namesExactly = constraint !== undefined && parseTerms(constraint)?.some(({ operator }) => operator === '=');
  let newest: { readonly text: string; readonly version: Version } | undefined;
  for (const text of versions) {
    const plain = text.replace(/^v|\+.*$/g, '');
    const version = parseVersion(plain);
    if (version === undefined || (version.prerelease !== '' && !namesExactly)) continue;
    if (constraint !== undefined && !satisfiesVersion(plain, constraint)) continue;
    if (newest === undefined || compareVersions(version, newest.version) > 0) newest = { text, version };
  }
  return newest?.text;
}

/** Terms of a constraint, or undefined when it cannot be read. */
function parseTerms(text: string): Term[] | undefined {
  const terms: Term[] = [];
  for (const part of text.split(',')) {
    const match = CONSTRAINT.exec(part);
    const version = match && parseVersion(`${match[2]}${match[3] ? `-${match[3]}` : ''}`);
    if (!version) return undefined;
    terms.push({ operator: (match[1] ?? '=') as Operator, version });
  }
  return terms;
}

function parseVersion(text: string): Version | undefined {
  const [numbers = '', ...prerelease] = text.split('-');
  const segments = numbers.split('.').map(Number);
  if (segments.some(Number.isNaN)) return undefined;
  return {
    segments: [...segments, 0, 0].slice(0, Math.max(3, segments.length)),
    written: segments.length,
    prerelease: prerelease.join('-'),
  };
}

function satisfies(candidate: Version, { operator, version }: Term): boolean {
  const order = compareVersions(candidate, version);
  switch (operator) {
    case '=':
      return order === 0;
    case '!=':
      return order !== 0;
    case '>':
      return order > 0 && samePrerelease(candidate, version);
    case '<':
      return order < 0 && samePrerelease(candidate, version);
    case '>=':
      return order >= 0 && samePrerelease(candidate, version);
    case '<=':
      return order <= 0 && samePrerelease(candidate, version);
    case '~>':
      return order >= 0 && samePrerelease(candidate, version) && sameButLast(candidate, version);
  }
}

/** A prerelease is only meant by constraints that name a prerelease of the same version. */
function samePrerelease(candidate: Version, version: Version): boolean {
  if (candidate.prerelease === '') return true;
  return version.prerelease !== '' && candidate.segments.every((segment, at) => segment === version.segments[at]);
}

/** `~> 1.2.3` lets the last written segment grow, the others not. */
function sameButLast(candidate: Version, version: Version): boolean {
  for (let at = 0; at < version.written - 1; at++) if (candidate.segments[at] !== version.segments[at]) return false;
  return true;
}

function compareVersions(a: Version, b: Version): number {
  for (let at = 0; at < Math.max(a.segments.length, b.segments.length); at++) {
    const order = (a.segments[at] ?? 0) - (b.segments[at] ?? 0);
    if (order !== 0) return order;
  }
  if (a.prerelease === b.prerelease) return 0;
  if (a.prerelease === '') return 1;
  if (b.prerelease === '') return -1;
  return a.prerelease < b.prerelease ? -1 : 1;
}
