// Addresses in text: what they mean, and what Terraform says of those that mean nothing.
import { describe, expect, it } from 'vitest';
import { instanceText, moduleText, resourceText } from '../../../core/addr/address.ts';
import { parseMoveEndpoint, parseRemoveEndpoint } from '../../../core/addr/parse.ts';
import {
  parseInstanceText,
  parseModuleText,
  parseResourceText,
  parseTargetText,
} from '../../../core/config/address-text.ts';
import type { Diagnostics, Result } from '../../../core/diag/diagnostic.ts';
import { parseTraversal } from '../../../core/hcl/parser.ts';

function said(diagnostics: Diagnostics): string[] {
  return diagnostics.map(({ summary, detail, subject }) => `${subject?.start ?? ''}: ${summary}: ${detail}`);
}

function traversal(text: string) {
  const { value } = parseTraversal(text);
  if (value === undefined) throw new Error(`no traversal: ${text}`);
  return value;
}

function textOf(result: ReturnType<typeof parseTargetText>): string {
  const target = result.value;
  if (target === undefined) return said(result.diagnostics).join('\n');
  if (target.kind === 'module') return `module ${moduleText(target.module)}`;
  return target.kind === 'resource'
    ? `resource ${resourceText(target.resource)}`
    : `instance ${instanceText(target.instance)}`;
}

describe('targets', () => {
  it.each([
    ['docker_image.a', 'resource docker_image.a'],
    ['docker_image.a[0]', 'instance docker_image.a[0]'],
    ['docker_image.a["x y"]', 'instance docker_image.a["x y"]'],
    ['data.docker_image.a', 'resource data.docker_image.a'],
    ['module.m', 'module module.m'],
    ['module.m["k"].module.n[1]', 'module module.m["k"].module.n[1]'],
    ['module.m[0].data.docker_image.a["k"]', 'instance module.m[0].data.docker_image.a["k"]'],
    ['docker_image', '0: Invalid address: Resource specification must include a resource type and name.'],
    ['module', '0: Invalid address operator: Prefix "module." must be followed by a module name.'],
    ['docker_image.a.b', '14: Invalid address: Resource instance key must be given in square brackets.'],
    ['docker_image.a[0].b', '17: Invalid address: Unexpected extra operators after address.'],
    ['docker_image["a"]', '12: Invalid address: A resource name is required.'],
    ['data["a"].b', '4: Invalid address: A data source name is required.'],
  ])('%s', (text, meaning) => {
    expect(textOf(parseTargetText(text))).toBe(meaning);
  });

  it('refuses text that is no reference', () => {
    expect(parseTargetText('a b').value).toBeUndefined();
    expect(parseTargetText('').diagnostics).not.toEqual([]);
  });
});

describe('one kind alone', () => {
  const detail = <T>({ diagnostics }: Result<T>): string => diagnostics[0]?.detail ?? '';

  it('takes a resource without key for its single instance', () => {
    expect(parseInstanceText('a.b').value).toEqual({
      resource: { module: [], mode: 'managed', type: 'a', name: 'b' },
      key: undefined,
    });
    expect(parseInstanceText('module.x["y"].a.b[3]').value?.key).toBe(3);
    expect(detail(parseInstanceText('module.x'))).toContain('A resource instance address is required here.');
  });

  it('refuses keys where a resource is meant', () => {
    const { value } = parseResourceText('module.x.a.b');
    expect(value && resourceText(value)).toBe('module.x.a.b');
    expect(detail(parseResourceText('a.b[0]'))).toContain('This instance key identifies a specific resource instance');
    expect(detail(parseResourceText('module.x'))).toContain('must be followed by a resource specification');
  });

  it('refuses more than a module where a module is meant', () => {
    expect(parseModuleText('module.x[0].module.y').value).toEqual([
      { name: 'x', key: 0 },
      { name: 'y', key: undefined },
    ]);
    expect(detail(parseModuleText('a.b'))).toBe('A module instance address must begin with "module.".');
    expect(detail(parseModuleText('module.x.a.b'))).toContain('followed by additional invalid content');
  });
});

describe('endpoints of moved and removed', () => {
  it('takes modules and instances to move', () => {
    expect(parseMoveEndpoint(traversal('module.a["k"]')).value).toEqual({
      kind: 'module',
      module: [{ name: 'a', key: 'k' }],
    });
    expect(parseMoveEndpoint(traversal('module.a.x.y[0]')).value?.kind).toBe('instance');
  });

  it('refuses keys and data sources to remove', () => {
    const summary = (text: string) => parseRemoveEndpoint(traversal(text)).diagnostics[0]?.summary;
    expect(parseRemoveEndpoint(traversal('module.a.x.y')).value?.kind).toBe('resource');
    expect(parseRemoveEndpoint(traversal('module.a')).value?.kind).toBe('module');
    expect(summary('x.y[0]')).toBe('Resource instance keys not allowed');
    expect(summary('module.a[0].x.y')).toBe('Module instance keys not allowed');
    expect(summary('data.x.y')).toBe('Data source address not allowed');
  });
});
