/**
 * YAML 1.1 as Terraform reads it. The library splits the text into events; what a scalar means, which tags there are and
 * how mappings are merged is decided here.
 */
import {
  type AliasEvent,
  EVENT_ID,
  type Event,
  type MappingEvent,
  SCALAR_STYLE,
  type ScalarEvent,
  type SequenceEvent,
  YAMLException,
  getScalarValue,
  parseEvents,
} from 'js-yaml';
import { convertValue, isFailure } from '../../value/convert.ts';
import { friendlyTypeName } from '../../value/show.ts';
import { DYNAMIC, STRING } from '../../value/type.ts';
import { type Value, objectValue, stringValue, tupleValue, typeOf } from '../../value/value.ts';
import { callError, defineFunction, parameter, textOf } from './define.ts';
import { decodeBase64, quote } from './text.ts';
import { plainScalar } from './yaml-scalar.ts';

const yamldecode = defineFunction({
  name: 'yamldecode',
  parameters: [parameter('src', STRING)],
  nullable: true,
  returns: DYNAMIC,
  call: (args) => {
    try {
      return new YamlReader(textOf(args, 0).replace(/^\ufeff/, '')).document();
    } catch (error) {
      if (error instanceof YamlProblem) return callError(error.message);
      throw error;
    }
  },
});

/** Ends the reading from whatever depth; never leaves this file. */
class YamlProblem extends Error {}

const MOST_LEVELS = 1000;
/** Aliases make small texts large. */
const MOST_NODES = 1_000_000;
const STANDARD = 'tag:yaml.org,2002:';

type NodeEvent = SequenceEvent | MappingEvent | ScalarEvent | AliasEvent;

interface Anchored {
  readonly value: Value;
  readonly size: number;
}

class YamlReader {
  readonly #source: string;
  readonly #events: readonly Event[];
  readonly #anchors = new Map<string, Anchored | 'open'>();
  readonly #handles = new Map([
    ['!', '!'],
    ['!!', STANDARD],
  ]);
  #at = 0;
  #size = 0;

  constructor(source: string) {
    this.#source = source;
    this.#events = this.#parse();
  }

  #parse(): readonly Event[] {
    try {
      return parseEvents(this.#source, { maxDepth: MOST_LEVELS });
    } catch (error) {
      if (!(error instanceof YAMLException)) throw error;
      const { words, position } = syntaxProblem(error, this.#source);
      this.#fail(words, position);
    }
  }

  document(): Value {
    const end = `${this.#source}\n`.length;
    const first = this.#next();
    if (first?.type !== EVENT_ID.DOCUMENT) {
      const isEnd = /^\.\.\.(\s|$)/.test(this.#source);
      this.#fail(isEnd ? 'did not find expected node content' : 'missing start of document', isEnd ? 0 : end);
    }
    for (const directive of first.directives) {
      if (directive.kind === 'tag') this.#handles.set(directive.handle, directive.prefix);
      else if (directive.version !== '1.1') this.#fail('found incompatible YAML document', 0);
    }
    const value = this.#node();
    this.#next();
    const another = this.#next();
    if (another !== undefined) {
      const place = this.#secondDocument();
      const isExplicit = another.type === EVENT_ID.DOCUMENT && another.explicitStart;
      this.#fail(isExplicit ? 'unexpected extra content after value' : 'did not find expected <document start>', place);
    }
    return value;
  }

  #secondDocument(): number {
    const marker = /\n(---|\.\.\.\s*\n)/g;
    if (this.#source.startsWith('---')) marker.lastIndex = 3;
    const found = marker.exec(this.#source);
    return found === null ? 0 : found[1] === '---' ? found.index + 1 : found.index + found[0].length;
  }

  #next(): Event | undefined {
    return this.#events[this.#at++];
  }

  /** The line is told only beyond the first, and both as Terraform counts them: lines from 0, columns from 1. */
  #fail(problem: string, position: number): never {
    const before = `${this.#source}\n`.slice(0, position).split('\n');
    const line = before.length - 1;
    throw new YamlProblem(
      line === 0 ? problem : `on line ${line}, column ${(before.at(-1)?.length ?? 0) + 1}: ${problem}`,
    );
  }

  #node(): Value {
    if (++this.#size > MOST_NODES) this.#fail('the document is too large', 0);
    const event = this.#next();
    if (event === undefined || event.type === EVENT_ID.DOCUMENT || event.type === EVENT_ID.POP) {
      this.#fail('did not find expected node content', this.#source.length);
    }
    if (event.type === EVENT_ID.ALIAS) return this.#alias(event);
    const anchor = event.anchorStart < 0 ? undefined : this.#source.slice(event.anchorStart, event.anchorEnd);
    const before = this.#size;
    if (anchor !== undefined) this.#anchors.set(anchor, 'open');
    const value = this.#content(event);
    if (anchor !== undefined) this.#anchors.set(anchor, { value, size: this.#size - before + 1 });
    return value;
  }

  #content(event: Exclude<NodeEvent, AliasEvent>): Value {
    switch (event.type) {
      case EVENT_ID.SCALAR:
        return this.#scalar(event);
      case EVENT_ID.SEQUENCE:
        return this.#sequence(event);
      case EVENT_ID.MAPPING:
        return this.#mapping(event);
    }
  }

  #alias(event: AliasEvent): Value {
    const name = this.#source.slice(event.anchorStart, event.anchorEnd);
    const anchored = this.#anchors.get(name);
    const place = event.anchorStart - 1;
    if (anchored === undefined) this.#fail(`reference to undefined anchor ${quote(name)}`, place);
    if (anchored === 'open') this.#fail(`cannot refer to anchor ${quote(name)} from inside its own definition`, place);
    this.#size += anchored.size;
    if (this.#size > MOST_NODES) this.#fail('the document is too large once its aliases are expanded', place);
    return anchored.value;
  }

  #sequence(event: SequenceEvent): Value {
    this.#expectTag(event, 'sequence', 'seq');
    const elements: Value[] = [];
    while (this.#events[this.#at]?.type !== EVENT_ID.POP) elements.push(this.#node());
    this.#next();
    return tupleValue(elements);
  }

  /** Entries in order, a later one replacing an earlier: also those that `<<` brings. */
  #mapping(event: MappingEvent): Value {
    this.#expectTag(event, 'mapping', 'map');
    const attributes = new Map<string, Value>();
    while (this.#events[this.#at]?.type !== EVENT_ID.POP) {
      const key = this.#key();
      const place = this.#events[this.#at];
      const value = this.#node();
      if (key !== '<<') attributes.set(key, value);
      else this.#merge(attributes, value, place === undefined ? 0 : startOf(place));
    }
    this.#next();
    return objectValue(attributes);
  }

  #merge(attributes: Map<string, Value>, value: Value, position: number): void {
    if (value.kind !== 'object') {
      this.#fail(`cannot merge ${friendlyTypeName(typeOf(value))} into mapping`, position);
    }
    for (const [name, attribute] of value.attributes) attributes.set(name, attribute);
  }

  #key(): string {
    const event = this.#events[this.#at];
    if (event?.type !== EVENT_ID.SCALAR) {
      this.#fail('only strings are allowed as mapping keys', event === undefined ? 0 : startOf(event));
    }
    const key = convertValue(this.#node(), STRING);
    if (isFailure(key)) this.#fail(`mapping key must be a string: ${key.message}`, startOf(event));
    if (key.kind !== 'string') this.#fail('mapping key cannot be null', startOf(event));
    return key.value;
  }

  #tagOf(event: Exclude<NodeEvent, AliasEvent>): string | undefined {
    if (event.tagStart < 0) return undefined;
    const raw = this.#source.slice(event.tagStart, event.tagEnd);
    const [, verbatim] = /^!<(.*)>$/.exec(raw) ?? [];
    if (verbatim !== undefined) return verbatim;
    const [, handle = '!', suffix = ''] = /^(!\w*!|!)(.*)$/.exec(raw) ?? [];
    return suffix === '' ? raw : (this.#handles.get(handle) ?? handle) + suffix;
  }

  #expectTag(event: SequenceEvent | MappingEvent, kind: string, standard: string): void {
    const tag = this.#tagOf(event);
    if (tag === undefined || tag === STANDARD + standard || tag === '!') return;
    this.#fail(`can't interpret ${kind} as ${tag}`, startOf(event));
  }

  #scalar(event: ScalarEvent): Value {
    const text = this.#textOf(event);
    const tag = this.#tagOf(event);
    const isPlain = event.style === SCALAR_STYLE.PLAIN;
    if (tag === undefined) return isPlain || isEmptyBlock(text, event) ? this.#plain(text, event) : stringValue(text);
    if (!tag.startsWith(STANDARD)) this.#fail(`unsupported tag ${quote(tag)}`, startOf(event));
    return this.#tagged(tag.slice(STANDARD.length), tag, text, isPlain, event);
  }

  #textOf(event: ScalarEvent): string {
    if (event.valueStart < 0) return '';
    const text = getScalarValue(this.#source, event);
    if (/[\ud800-\udfff]/u.test(text)) this.#fail('found invalid Unicode character escape code', startOf(event));
    const isBlock = event.style === SCALAR_STYLE.LITERAL_BLOCK || event.style === SCALAR_STYLE.FOLDED_BLOCK;
    // The last line of the text may lack its line break, and then a block that ends there lacks it too.
    return isBlock && event.valueEnd === this.#source.length && !this.#source.endsWith('\n')
      ? text.replace(/\n$/, '')
      : text;
  }

  #plain(text: string, event: ScalarEvent): Value {
    const scalar = plainScalar(text);
    if (scalar === 'nan') this.#fail('floating point NaN is not supported', startOf(event));
    return scalar.value;
  }

  /** A tag of a quoted scalar changes nothing. */
  #tagged(kind: string, tag: string, text: string, isPlain: boolean, event: ScalarEvent): Value {
    const place = startOf(event);
    switch (kind) {
      case 'str':
        return stringValue(text);
      case 'binary':
        if ('badOffset' in decodeBase64(text))
          this.#fail(`cannot parse ${quote(text)} as ${tag}: not valid base64`, place);
        return stringValue(text);
      case 'null':
        return isPlain ? { kind: 'null', type: DYNAMIC, marks: 0 } : stringValue(text);
      case 'int':
      case 'float':
      case 'bool':
      case 'timestamp': {
        if (!isPlain) return stringValue(text);
        const scalar = plainScalar(text);
        if (scalar === 'nan') this.#fail('floating point NaN is not supported', place);
        const wanted = kind === 'float' ? 'int' : kind;
        if (scalar.kind !== wanted) this.#fail(`cannot parse ${quote(text)} as ${tag}`, place);
        return scalar.value;
      }
      default:
        this.#fail(`unsupported tag ${quote(tag)}`, place);
    }
  }
}

/** Which Terraform takes for null. */
function isEmptyBlock(text: string, { style }: ScalarEvent): boolean {
  return text === '' && (style === SCALAR_STYLE.LITERAL_BLOCK || style === SCALAR_STYLE.FOLDED_BLOCK);
}

function startOf(event: Event): number {
  if (event.type === EVENT_ID.ALIAS) return event.anchorStart - 1;
  if (event.type === EVENT_ID.DOCUMENT || event.type === EVENT_ID.POP) return 0;
  const isQuoted = event.type === EVENT_ID.SCALAR && event.style !== SCALAR_STYLE.PLAIN;
  const own = event.type === EVENT_ID.SCALAR ? event.valueStart - (isQuoted ? 1 : 0) : event.start;
  const starts = [own, event.anchorStart - 1, event.tagStart].filter((start) => start >= 0);
  return starts.length === 0 ? 0 : Math.min(...starts);
}

const EVERYWHERE: readonly (readonly [RegExp, string])[] = [
  [/within a \w+ quoted/, 'found unexpected end of stream'],
  [/unknown escape/, 'found unknown escape character'],
  [/YAML version/, 'found incompatible YAML document'],
  [/non-printable/, 'control characters are not allowed'],
  [/tab characters/, 'found character that cannot start any token'],
  [/expected the node content/, 'did not find expected node content'],
];

/** The commonest mistakes in the words, and at the place, of the library that Terraform reads YAML with. */
function syntaxProblem(error: YAMLException, source: string): { words: string; position: number } {
  const { reason, mark } = error;
  const position = mark?.position ?? source.length;
  const end = source.length + 1;
  const rest = source.slice(position);
  const known = EVERYWHERE.find(([pattern]) => pattern.test(reason));
  if (known !== undefined) return { words: known[1], position: reason.includes('version') ? 0 : position };
  if (/^[@`%\t]/.test(rest)) return { words: 'found character that cannot start any token', position };
  if (/flow collection|deficient indentation/.test(reason)) {
    const isSequence = source.lastIndexOf('[') > source.lastIndexOf('{');
    return {
      words: `did not find expected ',' or '${isSequence ? ']' : '}'}'`,
      position: rest === '' ? end : position,
    };
  }
  const isInside = /:\s*$/.test(source.slice(source.lastIndexOf('\n', position - 1) + 1, position));
  if (isInside && /^-(\s|$)/.test(rest))
    return { words: 'block sequence entries are not allowed in this context', position };
  if (/^\?(\s|$)/.test(rest)) return { words: 'mapping keys are not allowed in this context', position };
  if (/^-\S/.test(rest)) return { words: "could not find expected ':'", position: end };
  if (rest.startsWith('-') || (/separator is expected/.test(reason) && /^\s*-/.test(source))) {
    return { words: "did not find expected '-' indicator", position };
  }
  if (!/indentation of a mapping|separator is expected/.test(reason)) return { words: reason, position };
  const words = rest.startsWith(':') ? 'mapping values are not allowed in this context' : 'did not find expected key';
  return { words, position };
}

export const yamlDecodeFunctions = [yamldecode];
