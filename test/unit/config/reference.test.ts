// What references mean, which there are in an expression or a body, and what is no reference.
import { describe, expect, it } from 'vitest';
import { SourceFile } from '../../../core/diag/source.ts';
import { parseReference, referencesIn, referencesInBody } from '../../../core/eval/reference.ts';
import { parseJsonConfig } from '../../../core/hcl/json.ts';
import { parseConfig, parseExpression, parseTraversal } from '../../../core/hcl/parser.ts';

function meaning(text: string): string {
  const { value: traversal } = parseTraversal(text);
  if (traversal === undefined) throw new Error(`no traversal: ${text}`);
  const { value, diagnostics } = parseReference(traversal);
  if (value === undefined) return diagnostics.map(({ summary, detail }) => `${summary}: ${detail}`).join('\n');
  const { kind, ...rest } = value.subject;
  const words = Object.entries(rest)
    .map(([name, part]) => `${name}=${part}`)
    .sort();
  const place = text.slice(value.range.start, value.range.end);
  return `${kind} ${words.join(' ')} [${place}] +${value.remaining.length}`.replace('  ', ' ');
}

function rootsIn(text: string): string[] {
  const { value } = parseExpression(new SourceFile('e', text));
  if (value === undefined) throw new Error(`no expression: ${text}`);
  return referencesIn(value).map(({ range }) => text.slice(range.start, range.end));
}

describe('parseReference', () => {
  it.each([
    ['var.a.b[0]', 'variable name=a [var.a] +2'],
    ['local.x', 'local name=x [local.x] +0'],
    [
      'docker_image.a',
      'resource instance=false key=undefined mode=managed name=a type=docker_image [docker_image.a] +0',
    ],
    [
      'docker_image.a.id',
      'resource instance=true key=undefined mode=managed name=a type=docker_image [docker_image.a] +1',
    ],
    [
      'docker_image.a["k"].id',
      'resource instance=true key=k mode=managed name=a type=docker_image [docker_image.a["k"]] +1',
    ],
    ['data.x.y[1]', 'resource instance=true key=1 mode=data name=y type=x [data.x.y[1]] +0'],
    ['resource.each.y', 'resource instance=false key=undefined mode=managed name=y type=each [resource.each.y] +0'],
    ['module.m', 'module key=undefined name=m output=undefined [module.m] +0'],
    ['module.m[0].out.x', 'module key=0 name=m output=out [module.m[0].out] +1'],
    ['each.value.x', 'each name=value [each.value] +1'],
    ['count.index', 'count name=index [count.index] +0'],
    ['path.module', 'path name=module [path.module] +0'],
    ['terraform.workspace', 'terraform name=workspace [terraform.workspace] +0'],
    ['self.id', 'self [self] +1'],
    ['ephemeral.x.y.z', 'ephemeral-resource name=y type=x [ephemeral.x.y] +1'],
    ['var', 'Invalid reference: The "var" object cannot be accessed directly. Instead, access one of its attributes.'],
    ['local[0]', 'Invalid reference: The "local" object does not support this operation.'],
    [
      'data.x',
      'Invalid reference: The "data" object must be followed by two attribute names: the data source type and the resource name.',
    ],
    [
      'word',
      'Invalid reference: A reference to a resource type must be followed by at least one attribute access, specifying the resource name.',
    ],
    ['module.m[0]["x"]', 'Invalid reference: Module instance objects do not support this operation.'],
  ])('%s', (text, expected) => {
    expect(meaning(text)).toBe(expected);
  });

  it('keeps reserved names for later', () => {
    expect(meaning('lazy.x')).toContain('Reserved symbol name: The symbol name "lazy" is reserved');
  });
});

describe('referencesIn', () => {
  it.each([
    ['"${var.a} %{ if local.b }x%{ endif }"', ['var.a', 'local.b']],
    ['[for k, v in var.m : k if v == local.x]', ['var.m', 'local.x']],
    ['[for v in v.w : v]', ['v.w']],
    ['{ a = var.x, (var.k) = 1, "${var.l}" = 2 }', ['var.x', 'var.k', 'var.l']],
    ['a.b[var.i].c[*].d[local.j]', ['a.b', 'var.i', 'local.j']],
    ['f(var.a, g(var.b)...)', ['var.a', 'var.b']],
    ['"%{ for a in var.l }${a}${var.b}%{ endfor }"', ['var.l', 'var.b']],
    ['!var.a ? -var.b : (var.c)', ['var.a', 'var.b', 'var.c']],
  ])('%s', (text, expected) => {
    expect(rootsIn(text)).toEqual(expected);
  });
});

describe('referencesInBody', () => {
  const shape = { attributes: { a: {} }, blocks: { b: { attributes: { c: {} }, blocks: {} } } };
  const names = (text: string, json = false, known = true): string[] => {
    const file = new SourceFile(json ? 'x.tf.json' : 'x.tf', text);
    const body = json ? parseJsonConfig(file).value : parseConfig(file).value;
    return referencesInBody(body, known ? shape : undefined).map(({ range }) => text.slice(range.start, range.end));
  };

  it('looks into what the shape describes only', () => {
    const text = 'a = var.a\nz = var.z\nb {\n  c = var.c\n  y = var.y\n}\nq {\n  c = var.q\n}\n';
    expect(names(text)).toEqual(['var.a', 'var.c']);
    expect(names(text, false, false)).toEqual(['var.a', 'var.z', 'var.c', 'var.y', 'var.q']);
  });

  it('looks into arguments of older versions', () => {
    const file = new SourceFile('x.tf', 'a = var.a\nold = var.old\nz = var.z\n');
    const found = referencesInBody(parseConfig(file).value, { ...shape, formerly: { old: {} } });
    expect(found.map(({ subject }) => 'name' in subject && subject.name)).toEqual(['a', 'old']);
  });

  it('leaves iterators of dynamic blocks out', () => {
    const block = (iterator: string) =>
      `dynamic "b" {\n  for_each = var.f\n${iterator}  content {\n    c = [b.value, it.value, var.c]\n  }\n}\n`;
    expect(names(block(''))).toEqual(['var.f', 'it.value', 'var.c']);
    expect(names(block('  iterator = it\n'))).toEqual(['var.f', 'b.value', 'var.c']);
  });

  it('reads strings of JSON as templates', () => {
    expect(names('{"a": ["${var.a}", {"${var.k}": 1}], "b": {"c": "${var.c}"}}', true)).toEqual([
      'var.a',
      'var.k',
      'var.c',
    ]);
    const dynamic = '{"dynamic": {"b": {"for_each": "${var.f}", "content": {"c": "${b.value} ${var.c}"}}}}';
    expect(names(dynamic, true)).toEqual(['var.f', 'var.c']);
  });
});
