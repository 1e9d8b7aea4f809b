/** A difference between two values as lines: symbols, alignment, hidden parts. Knows nothing of resources or plans. */
import type { AttributePath } from '../../core/diag/diagnostic.ts';
import { SENSITIVE, type Value } from '../../core/value/value.ts';
import type { Diff, DiffAction } from './plan-diff.ts';
import type { Style } from './style.ts';
import { goQuote, heredocDelimiter, placeholder, valueText } from './value-text.ts';

/** Which lines of a text of several lines went, came and stayed. */
export type LineDiff = (
  before: string,
  after: string,
) => readonly { readonly sign: '+' | '-' | ' '; readonly text: string }[];

export interface DiffContext {
  readonly style: Style;
  readonly lineDiff: LineDiff;
  /** Absent where nothing changes and a value is only shown. */
  readonly signs?: boolean;
  /** Whether this very place is why the object is replaced. */
  forcesReplacement(path: AttributePath): boolean;
}

export interface Place {
  readonly level: number;
  readonly path: AttributePath;
  /** Inside something that goes as a whole nothing says `-> null` again. */
  readonly quiet?: boolean;
  /** An element of a list ends with one. */
  readonly comma?: boolean;
}

export function symbol(action: DiffAction, style: Style): string {
  switch (action) {
    case 'create':
      return style.green('+');
    case 'update':
      return style.yellow('~');
    case 'delete':
      return style.red('-');
    case 'no-op':
      return ' ';
  }
}

/** The symbol of a change, or nothing but its room. */
export function sign(action: DiffAction, { style, signs }: DiffContext): string {
  return signs === true ? symbol(action, style) : ' ';
}

/** Spaces before the symbol. */
export function margin(level: number): string {
  return ' '.repeat(4 * level + 2);
}

/** `name = value` over as many lines as it takes; `name` is padded already. */
export function entryLines(name: string, diff: Diff, place: Place, context: DiffContext): string[] {
  const head = `${margin(place.level)}${sign(diff.action, context)} ${name} = `;
  const [first, ...rest] = valueLines(diff, place, context);
  return [...markWarning(diff, place), head + (first ?? ''), ...rest];
}

/** The first line has no margin: it follows a name or a symbol. */
function valueLines(diff: Diff, place: Place, context: DiffContext): string[] {
  const suffix = suffixOf(diff, place, context) + (place.comma === true ? ',' : '');
  const forced = context.forcesReplacement(place.path) ? ` ${context.style.red('# forces replacement')}` : '';
  if (diff.kind === 'leaf') return leafLines(diff, place, context, suffix, forced);
  const [open, close] = diff.kind === 'mapping' ? '{}' : '[]';
  const inner = diff.kind === 'mapping' ? mappingLines(diff, place, context) : elementLines(diff, place, context);
  if (inner.length === 0) return [`${open}${close}${suffix}${forced}`];
  return [`${open}${forced}`, ...inner, `${margin(place.level)}  ${close}${suffix}`];
}

function suffixOf(diff: Diff, place: Place, { style }: DiffContext): string {
  if (diff.kind !== 'leaf' && diff.becomes !== undefined) return ` ${style.yellow('->')} ${valueText(diff.becomes)}`;
  return diff.action === 'delete' && !place.quiet ? style.dim(' -> null') : '';
}

/** Nothing points into a set. */
const ANY_ELEMENT = '*';

function inside(diff: Diff, place: Place, step: string | number): Place {
  const goes = diff.action === 'delete' || (diff.kind !== 'leaf' && diff.becomes !== undefined);
  return { level: place.level + 1, path: [...place.path, step], quiet: place.quiet === true || goes };
}

function mappingLines(diff: Extract<Diff, { kind: 'mapping' }>, place: Place, context: DiffContext): string[] {
  const shown = [...diff.entries].filter(([, child]) => child.action !== 'no-op');
  const label = (name: string) => (diff.quoted || !IDENTIFIER.test(name) ? goQuote(name) : name);
  const counted = [...diff.entries].filter(([, child]) => !isAbsent(child));
  const width = Math.max(0, ...counted.map(([name]) => label(name).length));
  const lines = shown.flatMap(([name, child]) =>
    entryLines(label(name).padEnd(width), child, inside(diff, place, name), context),
  );
  const noun = diff.quoted ? 'element' : 'attribute';
  return [...lines, ...hiddenLine(counted.length - shown.length, noun, place.level + 1, context.style)];
}

const IDENTIFIER = /^[\p{ID_Start}_][\p{ID_Continue}-]*$/u;

function isAbsent(diff: Diff): boolean {
  return diff.kind === 'leaf' && diff.action === 'no-op' && (diff.after === undefined || diff.after.kind === 'null');
}

/** What did not change is shown beside a change in a list, and counted elsewhere. */
function elementLines(diff: Extract<Diff, { kind: 'sequence' }>, place: Place, context: DiffContext): string[] {
  const lines: string[] = [];
  let hidden = 0;
  const flush = () => {
    lines.push(...hiddenLine(hidden, 'element', place.level + 1, context.style));
    hidden = 0;
  };
  diff.elements.forEach((element, index) => {
    const beside = [diff.elements[index - 1], diff.elements[index + 1]].some(
      (other) => other && other.action !== 'no-op',
    );
    if (element.action === 'no-op' && !(diff.ordered && beside)) {
      hidden++;
      return;
    }
    if (diff.ordered) flush();
    lines.push(...elementText(element, inside(diff, place, diff.ordered ? index : ANY_ELEMENT), context));
  });
  flush();
  return lines;
}

function elementText(element: Diff, place: Place, context: DiffContext): string[] {
  const [first, ...rest] = valueLines(element, { ...place, quiet: true, comma: true }, context);
  return [`${margin(place.level)}${sign(element.action, context)} ${first ?? ''}`, ...rest];
}

export function hiddenLine(count: number, noun: string, level: number, style: Style): string[] {
  if (count <= 0) return [];
  return [`${margin(level)}  ${style.dim(`# (${count} unchanged ${noun}${count === 1 ? '' : 's'} hidden)`)}`];
}

// ---- Leaves ------------------------------------------------------------------------------------------------------

type Leaf = Extract<Diff, { kind: 'leaf' }>;

function leafLines(diff: Leaf, place: Place, context: DiffContext, suffix: string, forced: string): string[] {
  const { before, after } = diff;
  const text = multiLine(before) ?? multiLine(after);
  if (text !== undefined) return heredocLines(diff, place, context, suffix, forced);
  return [`${leafText(diff, context.style)}${suffix}${forced}`];
}

function leafText({ action, before, after }: Leaf, style: Style): string {
  if (action === 'create') return after ? sideText(after) : '';
  if (action === 'delete' || action === 'no-op') return sideText(before ?? after);
  const [old, next] = [sideText(before), sideText(after)];
  return old === next ? next : `${old} ${style.yellow('->')} ${next}`;
}

function sideText(value: Value | undefined): string {
  return value === undefined || (value.kind === 'null' && placeholder(value) === undefined) ? 'null' : valueText(value);
}

/** The text of a visible string of several lines. */
function multiLine(value: Value | undefined): string | undefined {
  if (value?.kind !== 'string' || placeholder(value) !== undefined) return undefined;
  return value.value.replace(/\n$/, '').includes('\n') || value.value.endsWith('\n') ? value.value : undefined;
}

function heredocLines(diff: Leaf, place: Place, context: DiffContext, suffix: string, forced: string): string[] {
  const { before, after } = diff;
  const visibleText = (value: Value | undefined) =>
    value?.kind === 'string' && placeholder(value) === undefined ? value.value : undefined;
  const [old, next] = [visibleText(before), visibleText(after)];
  const becomes = old !== undefined && after !== undefined && next === undefined && diff.action === 'update';
  const lines = context.lineDiff(old ?? '', becomes ? (old ?? '') : (next ?? old ?? ''));
  const onesided = old === undefined || next === undefined;
  const delimiter = heredocDelimiter(lines.map((line) => line.text));
  const signs = { '+': sign('create', context), '-': sign('delete', context), ' ': ' ' };
  const body = lines.map((line) => `${margin(place.level + 1)}${onesided ? ' ' : signs[line.sign]} ${line.text}`);
  const end = becomes && after ? ` ${context.style.yellow('->')} ${sideText(after)}${suffix}` : suffix;
  return [`<<-${delimiter}${forced}`, ...body, `${margin(place.level)}  ${delimiter}${end}`];
}

// ---- Marks -------------------------------------------------------------------------------------------------------

function markWarning(diff: Diff, place: Place): string[] {
  if (diff.kind !== 'leaf' || diff.before === undefined || diff.after === undefined) return [];
  const [was, is] = [(diff.before.marks & SENSITIVE) !== 0, (diff.after.marks & SENSITIVE) !== 0];
  if (was === is || diff.action === 'no-op') return [];
  const space = `${margin(place.level)}  `;
  return is
    ? [
        `${space}# Warning: this attribute value will be marked as sensitive and will not`,
        `${space}# display in UI output after applying this change.`,
      ]
    : [
        `${space}# Warning: this attribute value will no longer be marked as sensitive`,
        `${space}# after applying this change.`,
      ];
}
