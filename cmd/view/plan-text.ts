/**
 * A plan as a person reads it: what happens to which object, why, at what price, and the sum. Everything shown comes
 * from the plan; nothing is computed here that the plan does not say.
 */
import { keyText, localResourceText, quote } from '../../core/addr/address.ts';
import type { BlockContents, Schema } from '../../core/config/schema.ts';
import type { AttributePath } from '../../core/diag/diagnostic.ts';
import type { Action, Change, Drift, OutputChange, Plan } from '../../core/plan/plan.ts';
import type { Cause, Impact } from '../../core/provider.ts';
import { SENSITIVE, nullValue, objectValue } from '../../core/value/value.ts';
import type { ObjectValue, Value } from '../../core/value/value.ts';
import {
  type DiffContext,
  type LineDiff,
  type Place,
  entryLines,
  hiddenLine,
  margin,
  sign,
  symbol,
} from './diff-text.ts';
import { type Diff, type DiffAction, diffValues } from './plan-diff.ts';
import { type PlanCounts, countChanges } from './plan-counts.ts';
import { shownValue } from './shown-value.ts';
import type { Style } from './style.ts';
import { placeholder, valueText } from './value-text.ts';

export interface PlanTextOptions {
  readonly style: Style;
  readonly lineDiff: LineDiff;
  /** Undefined for a type that is not known: then everything is an attribute. */
  schemaOf(change: Pick<Change, 'address' | 'providerSource'>): Schema | undefined;
}

/** The whole plan, from the drift to the changes of outputs. Ends with a line break. */
export function planText(plan: Plan, options: PlanTextOptions): string {
  const sections = [driftSection(plan, options), changesSection(plan, options), outputsSection(plan, options)];
  const shown = sections.filter((section) => section !== '');
  if (!hasAnythingToSay(plan)) shown.push(noChangesText(plan, options.style));
  return shown.map((section) => `\n${section}\n`).join('');
}

function hasAnythingToSay(plan: Plan): boolean {
  return plan.changes.some(isShown) || [...plan.outputs.values()].some(({ action }) => action !== 'no-op');
}

/** A no-op is worth showing when the object moves or is imported. */
export function isShown(change: Change): boolean {
  return change.action !== 'no-op' || change.previousAddress !== undefined || change.importing !== undefined;
}

function noChangesText(plan: Plan, style: Style): string {
  const title = (text: string) => style.bold(style.green(text));
  if (plan.errored) {
    return `${title('Planning failed.')} Stowage met an error while it made this plan.`;
  }
  if (plan.mode === 'destroy') {
    return `${title('No changes.')} ${style.bold('No objects need to be destroyed.')}\n\nNothing in the state is left to remove.`;
  }
  if (plan.mode === 'refresh-only') {
    return plan.drift.length > 0
      ? 'This is a refresh-only plan: applying it records the changes above in the state and touches nothing else.'
      : `${title('No changes.')} ${style.bold('Your infrastructure still matches the configuration.')}\n\nWhat is recorded in the state is what was found.`;
  }
  const detail =
    plan.drift.length > 0
      ? 'The changes made outside of Stowage, shown above, do not conflict with the configuration. Run "stowage apply\n-refresh-only" to record them in the state.'
      : 'Stowage has compared the configuration with the state and with what really exists, and found no differences, so\nthere is nothing to do.';
  return `${title('No changes.')} ${style.bold('Your infrastructure matches the configuration.')}\n\n${detail}`;
}

// ---- Drift -------------------------------------------------------------------------------------------------------

function driftSection(plan: Plan, options: PlanTextOptions): string {
  const shown = plan.drift.filter(({ action, previousAddress }) => action !== 'no-op' || previousAddress !== undefined);
  if (shown.length === 0) return '';
  const title = options.style.bold('Note: Objects have changed outside of Stowage');
  const items = shown.map((drift) => driftText(drift, options));
  return `${title}\n\nThis is what somebody else changed since the last "stowage apply", as far as it matters to this plan:\n\n${items.join('\n\n')}`;
}

function driftText(drift: Drift, options: PlanTextOptions): string {
  const said = drift.action === 'delete' ? 'has been deleted' : drift.action === 'update' ? 'has changed' : 'has moved';
  const title = `  # ${options.style.bold(drift.text)} ${said}`;
  if (drift.action === 'no-op') return title;
  const body = objectLines(drift.before, drift.after, drift, [], options);
  const sign = drift.action === 'delete' ? symbol('delete', options.style) : symbol('update', options.style);
  return [title, `  ${sign} ${headerOf(drift)} {`, ...body, '    }'].join('\n');
}

// ---- Changes -----------------------------------------------------------------------------------------------------

function changesSection(plan: Plan, options: PlanTextOptions): string {
  const shown = plan.changes.filter(isShown);
  if (shown.length === 0) return '';
  const { style } = options;
  const intro = plan.errored
    ? `${style.bold(style.red('Planning failed.'))} Before that, these changes were found:`
    : 'Stowage will perform the following actions:';
  const legend = legendLines(shown, style);
  const head = legend.length > 0 ? `Symbols:\n${legend.join('\n')}\n\n${intro}` : intro;
  const items = shown.map((change) => changeText(change, options));
  return `${head}\n\n${items.join('\n\n')}\n\n${summaryLine(countChanges(plan), style)}`;
}

export function summaryLine(counts: PlanCounts, style: Style): string {
  const parts = [
    ...(counts.import > 0 ? [`${counts.import} to import`] : []),
    `${counts.add} to add`,
    `${counts.change} to change`,
    `${counts.remove} to destroy`,
    ...(counts.forget > 0 ? [`${counts.forget} to forget`] : []),
  ];
  return `${style.bold('Plan:')} ${parts.join(', ')}.`;
}

function legendLines(changes: readonly Change[], style: Style): string[] {
  const rows: readonly (readonly [string, string, (change: Change) => boolean])[] = [
    ['  +', 'create', ({ action }) => action === 'create'],
    ['  ~', 'update in-place', ({ action }) => action === 'update'],
    ['  -', 'destroy', ({ action }) => action === 'delete'],
    [
      '-/+',
      'destroy and then create replacement',
      (change) => change.action === 'replace' && !change.createBeforeDestroy,
    ],
    [
      '+/-',
      'create replacement and then destroy',
      (change) => change.action === 'replace' && change.createBeforeDestroy,
    ],
    [' <=', 'read (data resources)', ({ action }) => action === 'read'],
    ['  .', 'forget (stays as it is)', ({ action }) => action === 'forget'],
  ];
  return rows.flatMap(([sign, text, matches]) =>
    changes.some(matches) ? [`${colouredSign(sign, style)} ${text}`] : [],
  );
}

function colouredSign(sign: string, style: Style): string {
  return [...sign]
    .map((part) => {
      if (part === '+') return style.green(part);
      if (part === '-') return style.red(part);
      if (part === '~') return style.yellow(part);
      return part === '<' || part === '=' ? style.cyan(part) : part;
    })
    .join('');
}

const SIGNS: Readonly<Record<Action, string>> = {
  create: '  +',
  read: ' <=',
  update: '  ~',
  replace: '-/+',
  delete: '  -',
  'no-op': '   ',
  forget: '  .',
};

function changeText(change: Change, options: PlanTextOptions): string {
  const { style } = options;
  const sign = change.action === 'replace' && change.createBeforeDestroy ? '+/-' : SIGNS[change.action];
  const title = `  # ${style.bold(subjectText(change))} ${verdict(change, style)}`;
  const notes = noteLines(change, style).map((note) => `  # ${note}`);
  if (change.action === 'no-op' && change.importing === undefined) return [title, ...notes].join('\n');
  const after = change.action === 'forget' ? change.before : change.after;
  const body = objectLines(change.before, after, change, change.replacePaths, options);
  return [title, ...notes, `${colouredSign(sign, style)} ${headerOf(change)} {`, ...body, '    }'].join('\n');
}

function subjectText(change: Change): string {
  if (change.action === 'no-op' && change.previousAddress !== undefined) return change.previousAddress;
  return change.deposed === undefined ? change.text : `${change.text} (deposed object ${change.deposed})`;
}

function verdict(change: Change, style: Style): string {
  switch (change.action) {
    case 'create':
      return 'will be created';
    case 'read':
      return 'will be read during apply';
    case 'update':
      return 'will be updated in-place';
    case 'replace':
      return replaceVerdict(change, style);
    case 'delete':
      return `will be ${style.bold(style.red('destroyed'))}`;
    case 'forget':
      return 'will no longer be managed by Stowage, but will not be destroyed';
    case 'no-op':
      return change.importing ? 'will be imported' : `has moved to ${style.bold(change.text)}`;
  }
}

function replaceVerdict({ reason }: Change, style: Style): string {
  const replaced = style.bold(style.red('replaced'));
  switch (reason) {
    case 'replace_because_tainted':
      return `is tainted, so it must be ${replaced}`;
    case 'replace_by_request':
      return `will be ${replaced}, as requested`;
    case 'replace_by_triggers':
      return `will be ${replaced} due to changes in replace_triggered_by`;
    default:
      return `must be ${replaced}`;
  }
}

function noteLines(change: Change, style: Style): string[] {
  const reason = reasonText(change);
  return [
    ...(reason === undefined ? [] : [`(${reason})`]),
    ...(change.action !== 'no-op' && change.previousAddress ? [`(moved from ${change.previousAddress})`] : []),
    ...(change.importing ? [`(imported from ${quote(change.importing.id)})`] : []),
    ...causeLines(change, style),
    ...impactLines(change, style),
  ];
}

function reasonText(change: Change): string | undefined {
  const { resource, key } = change.address;
  switch (change.reason) {
    case 'delete_because_no_resource_config':
      return `because ${localResourceText(resource)} is not in configuration`;
    case 'delete_because_no_module':
      return `because ${change.text.slice(0, change.text.lastIndexOf(`.${localResourceText(resource)}`))} is not in configuration`;
    case 'delete_because_wrong_repetition':
      return key === undefined
        ? 'because resource uses count or for_each'
        : typeof key === 'number'
          ? 'because resource does not use count'
          : 'because resource does not use for_each';
    case 'delete_because_count_index':
      return `because index ${keyText(key)} is out of range for count`;
    case 'delete_because_each_key':
      return `because key ${keyText(key)} is not in for_each map`;
    case 'delete_because_no_move_target':
      return `because ${change.text} was moved to ${localResourceText(resource)}, which is not in configuration`;
    case 'read_because_config_unknown':
      return 'config refers to values not yet known';
    case 'read_because_dependency_pending':
      return 'depends on a resource or a module with changes pending';
    case 'read_because_check_nested':
      return 'config will be reloaded to verify a check block';
    default:
      return change.deposed === undefined
        ? undefined
        : 'left over from a partially-failed replacement of this instance';
  }
}

/** Why it is replaced, and who did it when that was not the configuration. */
function causeLines(change: Change, style: Style): string[] {
  const told = change.causes.filter((cause) => cause.forcesReplacement || cause.author !== 'configuration');
  const shown = change.action === 'replace' ? told : told.filter((cause) => cause.author !== 'configuration');
  return shown.map((cause) => `because of ${style.bold(pathText(cause.path))}: ${causeText(cause)}`);
}

function causeText(cause: Cause): string {
  const isBlock = isBlockValue(cause.before) || isBlockValue(cause.after);
  const change = isBlock ? 'changed, see below' : `${shortText(cause.before)} -> ${shortText(cause.after)}`;
  const authors = {
    configuration: '',
    drift: ', changed outside of Stowage',
    image: ', from the image',
    daemon: ', from the daemon',
  };
  return `${change}${authors[cause.author]}${cause.note === undefined ? '' : ` (${cause.note})`}`;
}

/** Blocks are too long for a line, and are shown whole below it. */
function isBlockValue(value: Value | undefined): boolean {
  if (value?.kind !== 'list' && value?.kind !== 'set') return value?.kind === 'object';
  return value.element.kind === 'object';
}

const LONGEST_CAUSE = 60;

function shortText(value: Value | undefined): string {
  if (value === undefined) return 'nothing';
  if (value.kind === 'null' && placeholder(value) === undefined) return 'null';
  const text = valueText(value).replace(/\s+/g, ' ');
  return text.length > LONGEST_CAUSE ? `${text.slice(0, LONGEST_CAUSE - 4)} ...` : text;
}

/** `ports[0].internal` */
export function pathText(path: AttributePath): string {
  return path.map((step, index) => (typeof step === 'number' ? `[${step}]` : index === 0 ? step : `.${step}`)).join('');
}

const IMPACTS: Readonly<Record<Impact, string | undefined>> = {
  none: undefined,
  'in-place': 'in place, it keeps running',
  restart: 'restart, it stops for a moment',
  recreate: 'recreate, it is down until the new one runs',
  'data-at-risk': 'data at risk, what is stored in it goes',
  unknown: 'unknown until apply',
};

function impactLines(change: Change, style: Style): string[] {
  const shown = change.action === 'update' || change.action === 'replace' || change.action === 'delete';
  const text = IMPACTS[change.impact];
  if (!shown || text === undefined) return [];
  return [`impact: ${change.impact === 'data-at-risk' ? style.red(text) : text}`];
}

function headerOf({ address }: { readonly address: Change['address'] }): string {
  const { mode, type, name } = address.resource;
  return `${mode === 'data' ? 'data' : 'resource'} ${quote(type)} ${quote(name)}`;
}

// ---- The inside of a resource ------------------------------------------------------------------------------------

function objectLines(
  before: ObjectValue | null,
  after: ObjectValue | null,
  owner: Pick<Change, 'address' | 'providerSource'>,
  replacePaths: readonly AttributePath[],
  options: PlanTextOptions,
): string[] {
  const forced = new Set(replacePaths.map((path) => JSON.stringify(path)));
  const context: DiffContext = {
    style: options.style,
    lineDiff: options.lineDiff,
    signs: true,
    forcesReplacement: (path) => forced.has(JSON.stringify(path)),
  };
  const schema = options.schemaOf(owner);
  const shown = (side: ObjectValue | null) => side && shownValue(side, schema);
  return contentLines(shown(before), shown(after), schema, { level: 1, path: [] }, context);
}

/** Shown although they did not change: they say what the rest is about. */
const IDENTIFYING: ReadonlySet<string> = new Set(['id', 'name', 'tags', 'label']);

export function contentLines(
  before: ObjectValue | null,
  after: ObjectValue | null,
  schema: BlockContents | undefined,
  place: Place,
  context: DiffContext,
): string[] {
  const names = [...new Set([...(before?.attributes.keys() ?? []), ...(after?.attributes.keys() ?? [])])].sort();
  const diffs = names.map(
    (name) => [name, diffValues(before?.attributes.get(name), after?.attributes.get(name))] as const,
  );
  const attributes = diffs.filter(([name]) => schema?.blocks[name] === undefined);
  const blocks = diffs.filter(([name]) => schema?.blocks[name] !== undefined);
  return [...attributeLines(attributes, place, context), ...blockLines(blocks, before, after, schema, place, context)];
}

type NamedDiff = readonly [name: string, diff: Diff];

function attributeLines(diffs: readonly NamedDiff[], place: Place, context: DiffContext): string[] {
  const present = diffs.filter(([, diff]) => !isNothing(diff));
  const shown = present.filter(([name, diff]) => diff.action !== 'no-op' || IDENTIFYING.has(name));
  const width = Math.max(0, ...shown.map(([name]) => name.length));
  const lines = shown.flatMap(([name, diff]) =>
    entryLines(name.padEnd(width), diff, { ...place, path: [...place.path, name] }, context),
  );
  return [...lines, ...hiddenLine(present.length - shown.length, 'attribute', place.level, context.style)];
}

function isNothing(diff: Diff): boolean {
  if (diff.action !== 'no-op') return false;
  if (diff.kind === 'leaf')
    return diff.after === undefined || (diff.after.kind === 'null' && placeholder(diff.after) === undefined);
  return diff.kind === 'sequence' && diff.elements.length === 0;
}

function blockLines(
  diffs: readonly NamedDiff[],
  before: ObjectValue | null,
  after: ObjectValue | null,
  schema: BlockContents | undefined,
  place: Place,
  context: DiffContext,
): string[] {
  let hidden = 0;
  const lines = diffs.flatMap(([name, diff]) => {
    const contents = schema?.blocks[name];
    const at = { ...place, path: [...place.path, name] };
    if (contents === undefined) return [];
    if (diff.kind === 'leaf') return leafBlockLines(name, diff, at, context);
    if (diff.kind === 'mapping' && contents.nesting === 'single') {
      if (diff.action === 'no-op') hidden++;
      const [old, next] = [asObject(before?.attributes.get(name)), asObject(after?.attributes.get(name))];
      return diff.action === 'no-op' ? [] : oneBlock(name, diff.action, old, next, contents, at, context);
    }
    const children = diff.kind === 'sequence' ? diff.elements : [...diff.entries.values()];
    hidden += children.filter((child) => child.action === 'no-op').length;
    return children.flatMap((child, index) => {
      const step = diff.kind === 'sequence' && diff.ordered ? [index] : [];
      return child.action === 'no-op'
        ? []
        : nestedBlock(name, child, contents, { ...at, path: [...at.path, ...step] }, context);
    });
  });
  const count = hiddenLine(hidden, 'block', place.level, context.style);
  return count.length === 0 ? lines : [...lines, '', ...count];
}

/** A list of blocks that is not known yet, or hidden as a whole. */
function leafBlockLines(
  name: string,
  diff: Extract<Diff, { kind: 'leaf' }>,
  place: Place,
  context: DiffContext,
): string[] {
  if (diff.action === 'no-op' || diff.after === undefined) return [];
  return ['', `${margin(place.level)}${sign(diff.action, context)} ${name} ${valueText(diff.after)}`];
}

/** An element's two sides are put together again from its difference, so that its own blocks are found by the schema. */
function nestedBlock(name: string, diff: Diff, contents: BlockContents, place: Place, context: DiffContext): string[] {
  if (diff.kind !== 'mapping')
    return leafBlockLines(name, { kind: 'leaf', action: diff.action, after: sideOf(diff) }, place, context);
  return [
    '',
    ...framed(
      name,
      diff.action,
      entriesLines(diff, contents, { ...place, level: place.level + 1 }, context),
      place,
      context,
    ),
  ];
}

function sideOf(diff: Diff): Value {
  return (diff.kind === 'leaf' ? (diff.after ?? diff.before) : diff.becomes) ?? nullValue({ kind: 'dynamic' });
}

function entriesLines(
  diff: Extract<Diff, { kind: 'mapping' }>,
  contents: BlockContents,
  place: Place,
  context: DiffContext,
): string[] {
  const entries = [...diff.entries];
  const attributes = entries.filter(([name]) => contents.blocks[name] === undefined);
  const nested = entries.filter(([name]) => contents.blocks[name] !== undefined);
  const lines = attributeLines(attributes, place, context);
  const blocks = nested.flatMap(([name, child]) => {
    const inner = contents.blocks[name];
    const at = { ...place, path: [...place.path, name] };
    if (inner === undefined || child.action === 'no-op') return [];
    const children = child.kind === 'sequence' ? child.elements : [child];
    return children
      .filter(({ action }) => action !== 'no-op')
      .flatMap((each) => nestedBlock(name, each, inner, at, context));
  });
  return [...lines, ...blocks];
}

function oneBlock(
  name: string,
  action: DiffAction,
  before: ObjectValue | null,
  after: ObjectValue | null,
  contents: BlockContents,
  place: Place,
  context: DiffContext,
): string[] {
  return [
    '',
    ...framed(
      name,
      action,
      contentLines(before, after, contents, { ...place, level: place.level + 1 }, context),
      place,
      context,
    ),
  ];
}

function framed(
  name: string,
  action: DiffAction,
  inner: readonly string[],
  place: Place,
  context: DiffContext,
): string[] {
  const forced = context.forcesReplacement(place.path) ? ` ${context.style.red('# forces replacement')}` : '';
  const head = `${margin(place.level)}${sign(action, context)} ${name} {${forced}`;
  return [head, ...inner, `${margin(place.level)}  }`];
}

function asObject(value: Value | undefined): ObjectValue | null {
  return value?.kind === 'object' ? value : null;
}

// ---- Outputs -----------------------------------------------------------------------------------------------------

function outputsSection(plan: Plan, options: PlanTextOptions): string {
  const changed = [...plan.outputs.values()].filter(({ action }) => action !== 'no-op');
  if (changed.length === 0) return '';
  const context: DiffContext = {
    style: options.style,
    lineDiff: options.lineDiff,
    signs: true,
    forcesReplacement: () => false,
  };
  const width = Math.max(...changed.map(({ name }) => name.length));
  const lines = changed.flatMap((output) =>
    entryLines(output.name.padEnd(width), outputDiff(output), { level: 0, path: [] }, context),
  );
  const text = `${options.style.bold('Changes to Outputs:')}\n${lines.join('\n')}`;
  const only = !plan.changes.some((change) => isShown(change));
  return only
    ? `${text}\n\nYou can apply this plan to save these new output values to the state, without changing any real infrastructure.`
    : text;
}

function outputDiff(output: OutputChange): Diff {
  if (!output.sensitive && !output.beforeSensitive) return withAction(diffValues(output.before, output.after), output);
  const action = output.action === 'create' || output.action === 'delete' ? output.action : 'update';
  return { kind: 'leaf', action, before: HIDDEN, after: HIDDEN };
}

/** An output that becomes null is an update to Terraform, not a removal. */
function withAction(diff: Diff, { action }: OutputChange): Diff {
  return diff.kind === 'leaf' && diff.action === 'no-op' && action !== 'no-op' ? { ...diff, action } : diff;
}

const HIDDEN: Value = objectValue([], SENSITIVE);
