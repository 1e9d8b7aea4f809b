/** What the schemas of Swarm objects share: labels that the engine changes in place, and data as base64. */
import type { BlockSchema } from '../../../core/config/schema.ts';
import type { AttributePath, Diagnostics } from '../../../core/diag/diagnostic.ts';
import { STRING } from '../../../core/value/type.ts';
import type { Value } from '../../../core/value/value.ts';
import { block, required } from './notation.ts';

const inPlace = { change: 'in-place' } as const;

export function changeableLabels(description: string): BlockSchema {
  const attributes = { label: required(STRING, 'Key.', inPlace), value: required(STRING, 'Text.', inPlace) };
  return block('set', description, { attributes }, inPlace);
}

const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/** Refuses what is not standard base64 with padding. Line breaks are no part of the data. */
export function base64Text(value: Value, path: AttributePath): Diagnostics {
  return isBase64(value) ? [] : [notBase64(`'${value.kind === 'string' ? value.value : ''}'`, path)];
}

/** The same, without showing what it refuses. */
export function base64Secret(value: Value, path: AttributePath): Diagnostics {
  return isBase64(value) ? [] : [notBase64('The content', path)];
}

function isBase64(value: Value): boolean {
  return value.kind !== 'string' || BASE64.test(value.value.replace(/[\r\n]/g, ''));
}

function notBase64(what: string, path: AttributePath): Diagnostics[number] {
  const detail =
    'The data has to be standard base64 with padding; base64encode() makes it from a text, filebase64() from a file.';
  return { severity: 'error', summary: `${what} is not base64 decodeable`, detail, path };
}
