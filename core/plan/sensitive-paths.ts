/** Which places of an object its schema calls sensitive. */
import type { BlockContents } from '../config/schema.ts';
import type { AttributePath } from '../diag/diagnostic.ts';
import { type Marks, SENSITIVE, type Value } from '../value/value.ts';

interface MarkedPath {
  readonly path: AttributePath;
  readonly marks: Marks;
}

/** Only places that are there: paths into lists follow the elements of `value`. Sets are marked as a whole. */
export function sensitivePaths(contents: BlockContents, value: Value, path: AttributePath = []): MarkedPath[] {
  if (value.kind !== 'object' || !hasSensitive(contents)) return [];
  const found: MarkedPath[] = [];
  for (const [name, schema] of Object.entries(contents.attributes)) {
    if (schema.sensitive && value.attributes.has(name)) found.push({ path: [...path, name], marks: SENSITIVE });
  }
  for (const [name, schema] of Object.entries(contents.blocks)) {
    const block = value.attributes.get(name);
    if (!block || !hasSensitive(schema)) continue;
    const at = [...path, name];
    if (block.kind === 'object') found.push(...sensitivePaths(schema, block, at));
    if (block.kind === 'set' && block.elements.length > 0) found.push({ path: at, marks: SENSITIVE });
    if (block.kind === 'list') {
      for (const [index, element] of block.elements.entries())
        found.push(...sensitivePaths(schema, element, [...at, index]));
    }
    if (block.kind === 'map') {
      for (const [key, element] of block.entries) found.push(...sensitivePaths(schema, element, [...at, key]));
    }
  }
  return found;
}

const known = new WeakMap<BlockContents, boolean>();

function hasSensitive(contents: BlockContents): boolean {
  let answer = known.get(contents);
  if (answer === undefined) {
    answer =
      Object.values(contents.attributes).some((attribute) => attribute.sensitive) ||
      Object.values(contents.blocks).some(hasSensitive);
    known.set(contents, answer);
  }
  return answer;
}
