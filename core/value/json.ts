/**
 * JSON as data, its exchange with values and types, in the notation that state and plan files use. Numbers that a
 * JavaScript number cannot hold exactly keep their digits. Knows no files and no schema.
 */
import { invariant } from '../diag/invariant.ts';
import { type ConversionFailure, isFailure } from './convert.ts';
import { formatNum, isInfiniteNum, type Num, numFromFloat, parseNumText } from './number.ts';
import { setValue } from './set.ts';
import {
  BOOL,
  compareUtf8,
  DYNAMIC,
  listType,
  mapType,
  NUMBER,
  type ObjectType,
  objectType,
  STRING,
  setType,
  type Type,
  tupleType,
} from './type.ts';
import {
  boolValue,
  listValue,
  mapValue,
  nullValue,
  numberValue,
  objectValue,
  stringValue,
  tupleValue,
  typeOf,
  type Value,
} from './value.ts';

export type Json = null | boolean | number | string | ExactNumber | readonly Json[] | JsonObject;

/** Keys keep the order of the text, but for those that look like array indexes: JavaScript puts these first. */
export interface JsonObject {
  readonly [name: string]: Json;
}

/** A number of a JSON text that does not survive as a JavaScript number. */
export class ExactNumber {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }

  toString(): string {
    return this.text;
  }
}

export function isJsonObject(json: Json | undefined): json is JsonObject {
  return typeof json === 'object' && json !== null && !Array.isArray(json) && !(json instanceof ExactNumber);
}

/** An object of these members, also when one is called `__proto__`. */
export function jsonObject(members: Iterable<readonly [string, Json]>): JsonObject {
  const object: Record<string, Json> = {};
  for (const [name, json] of members) setMember(object, name, json);
  return object;
}

/** Assigning to `__proto__` would not make a member. */
function setMember(object: Record<string, Json>, name: string, value: Json): void {
  if (name !== '__proto__') object[name] = value;
  else Object.defineProperty(object, name, { value, enumerable: true, configurable: true, writable: true });
}

export function isJsonArray(json: Json | undefined): json is readonly Json[] {
  return Array.isArray(json);
}

// ---- Text ------------------------------------------------------------------------------------------------------

/** What is wrong with a JSON text, and at which UTF-16 offset. */
export interface JsonSyntaxError {
  readonly error: string;
  readonly offset: number;
}

/**
 * Numbers that JavaScript may round when it reads them, each behind what a number can stand behind: the IDs and hashes
 * that states are full of are no numbers.
 */
const DELICATE_NUMBER = /(?:^|[[,]|"\s*:)\s*-?(?:[0-9.]{16}|[0-9.]+[eE])/;

/**
 * Reads a JSON text; of a name that comes twice the last value counts. A text with numbers that JavaScript would round is
 * read by a parser of our own, which refuses nesting deeper than 1,000.
 */
export function parseJsonText(text: string): { readonly json: Json } | JsonSyntaxError {
  if (!DELICATE_NUMBER.test(text)) {
    try {
      return { json: JSON.parse(text) as Json };
    } catch {
      // Read again by the parser below, which knows where the mistake is.
    }
  }
  return new JsonParser(text).parse();
}

const DEPTH_LIMIT = 1000;
const NUMBER_AT = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y;
const STRING_AT = /"(?:[^"\\]|\\.)*"/sy;

class JsonParser {
  readonly #text: string;
  #at = 0;
  #depth = 0;
  #error: JsonSyntaxError | undefined;

  constructor(text: string) {
    this.#text = text;
  }

  parse(): { readonly json: Json } | JsonSyntaxError {
    const json = this.#value();
    this.#space();
    if (this.#error === undefined && this.#at < this.#text.length) this.#unexpected('after top-level value');
    return this.#error ?? { json };
  }

  #value(): Json {
    this.#space();
    switch (this.#text[this.#at]) {
      case '{':
        return this.#nested(() => this.#object());
      case '[':
        return this.#nested(() => this.#array());
      case '"':
        return this.#string();
      case 't':
        return this.#word('true', true);
      case 'f':
        return this.#word('false', false);
      case 'n':
        return this.#word('null', null);
      default:
        return this.#number();
    }
  }

  #nested(read: () => Json): Json {
    this.#depth++;
    if (this.#depth > DEPTH_LIMIT) return this.#fail('exceeded max depth', this.#at);
    const json = read();
    this.#depth--;
    return json;
  }

  #object(): Json {
    const members: Record<string, Json> = {};
    this.#at++;
    this.#space();
    if (this.#skip('}')) return members;
    while (this.#error === undefined) {
      this.#space();
      if (this.#text[this.#at] !== '"') return this.#unexpected('looking for beginning of object key string');
      const name = this.#string();
      this.#space();
      if (!this.#skip(':')) return this.#unexpected('after object key');
      const value = this.#value();
      setMember(members, name, value);
      this.#space();
      if (this.#skip('}')) return members;
      if (this.#error === undefined && !this.#skip(',')) return this.#unexpected('after object key:value pair');
    }
    return members;
  }

  #array(): Json {
    const items: Json[] = [];
    this.#at++;
    this.#space();
    if (this.#skip(']')) return items;
    while (this.#error === undefined) {
      items.push(this.#value());
      this.#space();
      if (this.#skip(']')) return items;
      if (this.#error === undefined && !this.#skip(',')) return this.#unexpected('after array element');
    }
    return items;
  }

  #string(): string {
    STRING_AT.lastIndex = this.#at;
    const literal = STRING_AT.exec(this.#text)?.[0];
    if (literal === undefined) {
      this.#fail('unexpected end of JSON input', this.#text.length);
      return '';
    }
    const start = this.#at;
    this.#at += literal.length;
    try {
      return JSON.parse(literal) as string;
    } catch {
      this.#badString(literal, start);
      return '';
    }
  }

  #badString(literal: string, start: number): void {
    for (let index = 1; index < literal.length; index++) {
      const character = literal.charAt(index);
      if (character < ' ') {
        this.#fail(`invalid character ${quotedCharacter(character)} in string literal`, start + index);
        return;
      }
      if (character !== '\\') continue;
      index++;
      const escaped = literal.charAt(index);
      if (escaped === 'u' && !/^[0-9a-fA-F]{4}/.test(literal.slice(index + 1))) {
        this.#fail('invalid character in \\u hexadecimal character escape', start + index);
        return;
      }
      if (!'"\\/bfnrtu'.includes(escaped)) {
        this.#fail(`invalid character ${quotedCharacter(escaped)} in string escape code`, start + index);
        return;
      }
    }
  }

  #word(word: string, json: Json): Json {
    if (!this.#text.startsWith(word, this.#at)) return this.#unexpected(`in literal ${word}`);
    this.#at += word.length;
    return json;
  }

  #number(): Json {
    NUMBER_AT.lastIndex = this.#at;
    const digits = NUMBER_AT.exec(this.#text)?.[0];
    if (digits === undefined) {
      const negative = this.#text[this.#at] === '-';
      if (negative) this.#at++;
      return this.#unexpected(negative ? 'in numeric literal' : 'looking for beginning of value');
    }
    this.#at += digits.length;
    return jsonNumber(digits);
  }

  #space(): void {
    for (;;) {
      const character = this.#text[this.#at];
      if (character !== ' ' && character !== '\n' && character !== '\r' && character !== '\t') return;
      this.#at++;
    }
  }

  #skip(character: string): boolean {
    if (this.#text[this.#at] !== character) return false;
    this.#at++;
    return true;
  }

  #unexpected(where: string): null {
    const codePoint = this.#text.codePointAt(this.#at);
    if (codePoint === undefined) return this.#fail('unexpected end of JSON input', this.#at);
    return this.#fail(`invalid character ${quotedCharacter(String.fromCodePoint(codePoint))} ${where}`, this.#at);
  }

  #fail(error: string, offset: number): null {
    this.#error ??= { error, offset };
    return null;
  }
}

function quotedCharacter(character: string): string {
  if (character === "'") return "'\\''";
  return `'${JSON.stringify(character).slice(1, -1).replace('\\"', '"')}'`;
}

/** A JavaScript number when its shortest text is the same number. */
function jsonNumber(digits: string): number | ExactNumber {
  const float = Number(digits);
  if (Number.isSafeInteger(float) && /^-?[0-9]+$/.test(digits))
    return Object.is(float, -0) ? new ExactNumber('-0') : float;
  if (!Number.isFinite(float)) return new ExactNumber(digits);
  const exact = parseNumText(digits);
  const short = parseNumText(String(float));
  const same = exact !== undefined && short !== undefined && formatNum(exact) === formatNum(short);
  return same ? float : new ExactNumber(digits);
}

export interface StringifyOptions {
  /** Put before every level, such as two spaces; without it all is on one line without spaces. */
  readonly indent?: string;
  /** By their UTF-8 bytes. */
  readonly sortKeys?: boolean;
  /** Writes `<`, `>`, `&`, U+2028 and U+2029 as escapes, as Go does. */
  readonly escapeHtml?: boolean;
}

/** JSON text without a final newline. */
export function stringifyJson(json: Json, options: StringifyOptions = {}): string {
  return textOf(json, options, '\n');
}

function textOf(json: Json, options: StringifyOptions, newline: string): string {
  if (json === null || typeof json === 'boolean') return String(json);
  if (typeof json === 'number') return Object.is(json, -0) ? '-0' : JSON.stringify(json);
  if (typeof json === 'string') return stringText(json, options);
  if (json instanceof ExactNumber) return json.text;
  const inner = newline + (options.indent ?? '');
  if (isJsonArray(json)) {
    return gathered(
      '[',
      json.map((item) => textOf(item, options, inner)),
      ']',
      options,
      newline,
    );
  }
  const names = Object.keys(json);
  if (options.sortKeys === true) names.sort(compareUtf8);
  const colon = options.indent === undefined ? ':' : ': ';
  const members = names.map(
    (name) => `${stringText(name, options)}${colon}${textOf(json[name] ?? null, options, inner)}`,
  );
  return gathered('{', members, '}', options, newline);
}

function gathered(open: string, items: string[], close: string, options: StringifyOptions, newline: string): string {
  if (items.length === 0) return open + close;
  if (options.indent === undefined) return open + items.join(',') + close;
  const inner = newline + options.indent;
  return open + inner + items.join(`,${inner}`) + newline + close;
}

function stringText(text: string, options: StringifyOptions): string {
  const json = JSON.stringify(text);
  if (options.escapeHtml !== true) return json;
  return json.replace(/[<>&\u2028\u2029]/g, (character) => {
    return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
  });
}

// ---- Values ----------------------------------------------------------------------------------------------------

/** Plain data beneath the value, marks ignored. Unknown values and infinities are the caller's mistake. */
export function valueToJson(value: Value): Json {
  switch (value.kind) {
    case 'string':
    case 'bool':
      return value.value;
    case 'number':
      return numToJson(value.value);
    case 'list':
    case 'set':
    case 'tuple':
      return value.elements.map(valueToJson);
    case 'map':
      return entriesToJson(value.entries, valueToJson);
    case 'object':
      return entriesToJson(value.attributes, valueToJson);
    case 'null':
      return null;
    case 'unknown':
      invariant(false, 'an unknown value has no JSON');
  }
}

/**
 * The same for a value that conforms to this type: where the type says `dynamic`, the value is wrapped as
 * `{"value": ..., "type": ...}`, so that `jsonToValue` gives back what it was.
 */
export function valueToTypedJson(value: Value, type: Type): Json {
  if (type.kind === 'dynamic') {
    if (value.kind === 'null') return null;
    return { value: valueToJson(value), type: typeToJson(typeOf(value)) };
  }
  switch (value.kind) {
    case 'list':
    case 'set':
      return 'element' in type
        ? value.elements.map((element) => valueToTypedJson(element, type.element))
        : valueToJson(value);
    case 'map':
      return type.kind === 'map'
        ? entriesToJson(value.entries, (entry) => valueToTypedJson(entry, type.element))
        : valueToJson(value);
    case 'tuple':
      return type.kind === 'tuple'
        ? value.elements.map((element, index) => valueToTypedJson(element, type.elements[index] ?? DYNAMIC))
        : valueToJson(value);
    case 'object':
      return type.kind === 'object'
        ? entriesToJson(value.attributes, (attribute, name) =>
            valueToTypedJson(attribute, type.attributes.get(name) ?? typeOf(attribute)),
          )
        : valueToJson(value);
    default:
      return valueToJson(value);
  }
}

function entriesToJson(entries: ReadonlyMap<string, Value>, convert: (value: Value, key: string) => Json): JsonObject {
  const object: Record<string, Json> = {};
  for (const [key, entry] of entries) setMember(object, key, convert(entry, key));
  return object;
}

function numToJson(num: Num): number | ExactNumber {
  if (typeof num === 'number') return num;
  invariant(!isInfiniteNum(num), 'an infinity has no JSON');
  return jsonNumber(formatNum(num));
}

/**
 * The value of this type that the JSON stands for. Where the type is `dynamic`, `{"value": ..., "type": ...}` says which
 * it is, and anything else has the type of its JSON. Attributes absent from an object are nulls.
 */
export function jsonToValue(json: Json, type: Type): Value | ConversionFailure {
  if (json === null) return nullValue(type);
  switch (type.kind) {
    case 'dynamic':
      return wrappedValue(json) ?? jsonToValue(json, impliedType(json));
    case 'string':
      if (typeof json === 'string') return stringValue(json);
      return typeof json === 'object' && !(json instanceof ExactNumber)
        ? wrong('string')
        : stringValue(typeof json === 'number' ? formatNum(numFromJson(json)) : String(json));
    case 'number':
      return numberFromJson(json);
    case 'bool':
      return typeof json === 'boolean' ? boolValue(json) : boolFromJson(json);
    case 'list':
    case 'set':
      return collectionFromJson(json, type.kind, type.element);
    case 'tuple':
      return tupleFromJson(json, type.elements);
    case 'map':
      return mapFromJson(json, type.element);
    case 'object':
      return objectFromJson(json, type);
  }
}

/** The value of the type that the JSON itself implies: tuples, objects, untyped nulls. */
export function jsonToImpliedValue(json: Json): Value {
  const value = jsonToValue(json, impliedType(json));
  invariant(!isFailure(value), 'JSON has the type it implies');
  return value;
}

function wrong(required: string): ConversionFailure {
  return { kind: 'conversion-failure', message: `a ${required} is required`, path: [] };
}

function within(step: string | number, result: Value | ConversionFailure): Value | ConversionFailure {
  return isFailure(result) ? { ...result, path: [step, ...result.path] } : result;
}

function wrappedValue(json: Json): Value | ConversionFailure | undefined {
  if (!isJsonObject(json) || Object.keys(json).length !== 2) return undefined;
  const { value, type } = json;
  if (value === undefined || type === undefined) return undefined;
  const parsed = typeFromJson(type);
  return parsed === undefined ? undefined : jsonToValue(value, parsed);
}

function numFromJson(json: number | ExactNumber): Num {
  if (typeof json === 'number')
    return Number.isSafeInteger(json) ? json : (parseNumText(String(json)) ?? numFromFloat(json));
  return parseNumText(json.text) ?? 0;
}

function numberFromJson(json: Json): Value | ConversionFailure {
  if (typeof json === 'number' || json instanceof ExactNumber) return numberValue(numFromJson(json));
  const num = typeof json === 'string' ? parseNumText(json) : undefined;
  return num === undefined ? wrong('number') : numberValue(num);
}

function boolFromJson(json: Json): Value | ConversionFailure {
  return json === 'true' || json === 'false' ? boolValue(json === 'true') : wrong('bool');
}

function collectionFromJson(json: Json, kind: 'list' | 'set', element: Type): Value | ConversionFailure {
  if (!isJsonArray(json)) return wrong(kind);
  const elements: Value[] = [];
  for (const [index, item] of json.entries()) {
    const value = within(index, jsonToValue(item, element));
    if (isFailure(value)) return value;
    elements.push(value);
  }
  const first = elements[0];
  const actual = element.kind === 'dynamic' && first !== undefined ? typeOf(first) : element;
  return kind === 'list' ? listValue(actual, elements) : setValue(actual, elements);
}

function tupleFromJson(json: Json, types: readonly Type[]): Value | ConversionFailure {
  if (!isJsonArray(json) || json.length !== types.length) return wrong('tuple');
  const elements: Value[] = [];
  for (const [index, item] of json.entries()) {
    const value = within(index, jsonToValue(item, types[index] ?? DYNAMIC));
    if (isFailure(value)) return value;
    elements.push(value);
  }
  return tupleValue(elements);
}

function mapFromJson(json: Json, element: Type): Value | ConversionFailure {
  if (!isJsonObject(json)) return wrong('map');
  const entries: [string, Value][] = [];
  for (const name of Object.keys(json)) {
    const value = within(name, jsonToValue(json[name] ?? null, element));
    if (isFailure(value)) return value;
    entries.push([name.normalize('NFC'), value]);
  }
  const first = entries[0];
  return mapValue(element.kind === 'dynamic' && first !== undefined ? typeOf(first[1]) : element, entries);
}

function objectFromJson(json: Json, type: ObjectType): Value | ConversionFailure {
  if (!isJsonObject(json)) return wrong('object');
  const given = new Map(Object.keys(json).map((name) => [name.normalize('NFC'), json[name] ?? null]));
  const attributes = new Map<string, Value>();
  for (const [name, attributeType] of type.attributes) {
    const value = within(name, jsonToValue(given.get(name) ?? null, attributeType));
    if (isFailure(value)) return value;
    attributes.set(name, value);
  }
  for (const name of given.keys()) {
    if (!type.attributes.has(name)) {
      return { kind: 'conversion-failure', message: `unsupported attribute "${name}"`, path: [] };
    }
  }
  return objectValue(attributes);
}

// ---- Types -----------------------------------------------------------------------------------------------------

/** The type that JSON has by itself. */
export function impliedType(json: Json): Type {
  if (json === null) return DYNAMIC;
  if (typeof json === 'string') return STRING;
  if (typeof json === 'boolean') return BOOL;
  if (typeof json === 'number' || json instanceof ExactNumber) return NUMBER;
  if (isJsonArray(json)) return tupleType(json.map(impliedType));
  return objectType(Object.keys(json).map((name) => [name.normalize('NFC'), impliedType(json[name] ?? null)] as const));
}

/** `"string"`, `["list", T]`, `["object", {...}]`, with the names of optional attributes as a third item. */
export function typeToJson(type: Type): Json {
  switch (type.kind) {
    case 'list':
    case 'set':
    case 'map':
      return [type.kind, typeToJson(type.element)];
    case 'tuple':
      return ['tuple', type.elements.map(typeToJson)];
    case 'object': {
      const attributes = jsonObject(
        [...type.attributes].map(([name, attribute]) => [name, typeToJson(attribute)] as const),
      );
      return type.optional === undefined ? ['object', attributes] : ['object', attributes, [...type.optional]];
    }
    default:
      return type.kind;
  }
}

/** Undefined when the JSON is no notation of a type. */
export function typeFromJson(json: Json): Type | undefined {
  switch (json) {
    case 'string':
      return STRING;
    case 'number':
      return NUMBER;
    case 'bool':
      return BOOL;
    case 'dynamic':
      return DYNAMIC;
    default:
      return isJsonArray(json) ? compoundType(json) : undefined;
  }
}

function compoundType([kind, of, optional]: readonly Json[]): Type | undefined {
  if (kind === 'object') return isJsonObject(of) ? objectTypeFromJson(of, optional) : undefined;
  if (kind === 'tuple') {
    const elements = isJsonArray(of) ? of.map(typeFromJson) : [undefined];
    return elements.every((element) => element !== undefined) ? tupleType(elements) : undefined;
  }
  const element = of === undefined ? undefined : typeFromJson(of);
  if (element === undefined) return undefined;
  if (kind === 'list') return listType(element);
  if (kind === 'set') return setType(element);
  return kind === 'map' ? mapType(element) : undefined;
}

function objectTypeFromJson(json: JsonObject, optional: Json | undefined): Type | undefined {
  const attributes: [string, Type][] = [];
  for (const name of Object.keys(json)) {
    const type = typeFromJson(json[name] ?? null);
    if (type === undefined) return undefined;
    attributes.push([name, type]);
  }
  const names = isJsonArray(optional) ? optional.filter((name) => typeof name === 'string') : [];
  return objectType(attributes, names);
}
