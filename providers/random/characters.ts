/**
 * `random_password` and `random_string` but for the difference between them: arguments, checks, planned values, older
 * states, and the drawing of characters. Every draw comes from the system's source of randomness.
 */
import { randomInt } from 'node:crypto';
import type { AttributeSchema } from '../../core/config/schema.ts';
import { type Diagnostic, type Diagnostics, type Result, failed, ok } from '../../core/diag/diagnostic.ts';
import type { JsonObject } from '../../core/value/json.ts';
import { BOOL, NUMBER, STRING } from '../../core/value/type.ts';
import { type ObjectValue, TRUE, type Value, numberValue, stringValue } from '../../core/value/value.ts';
import type { AttributeChange, PlanRules } from '../kit/attribute-plan.ts';
import { REPLACE, optional, optionalComputed, required } from '../kit/notation.ts';
import { type Entries, attribute, boolAt, countAt, textAt } from '../kit/values.ts';
import { atLeast, problem } from '../kit/validators.ts';
import { RANDOM_RULES, keepers } from './keepers.ts';

const DIGITS = '0123456789';
const LOWER = 'abcdefghijklmnopqrstuvwxyz';
const UPPER = LOWER.toUpperCase();
const SPECIAL = '!@#$%&*()-_=+[]{}<>:?';
const MINIMA = ['min_upper', 'min_lower', 'min_numeric', 'min_special'] as const;

// ---- Schema ------------------------------------------------------------------------------------------------------

const YES = { ...REPLACE, default: true };
const NO_MINIMUM = { ...REPLACE, default: 0 };
const DEPRECATED = { ...REPLACE, deprecated: 'Use "numeric" instead of "number".' };

export const characterArguments: Readonly<Record<string, AttributeSchema>> = {
  keepers,
  length: required(NUMBER, 'Number of characters, at least 1.', { ...REPLACE, validate: atLeast(1) }),
  lower: optionalComputed(BOOL, 'Whether lower-case letters may come.', YES),
  min_lower: optionalComputed(NUMBER, 'Fewest lower-case letters.', NO_MINIMUM),
  min_numeric: optionalComputed(NUMBER, 'Fewest digits.', NO_MINIMUM),
  min_special: optionalComputed(NUMBER, 'Fewest special characters.', NO_MINIMUM),
  min_upper: optionalComputed(NUMBER, 'Fewest upper-case letters.', NO_MINIMUM),
  number: optionalComputed(BOOL, 'Older name of "numeric".', DEPRECATED),
  numeric: optionalComputed(BOOL, 'Whether digits may come.', REPLACE),
  override_special: optional(STRING, `The special characters, instead of ${SPECIAL}`, REPLACE),
  special: optionalComputed(BOOL, 'Whether special characters may come.', YES),
  upper: optionalComputed(BOOL, 'Whether upper-case letters may come.', YES),
};

export function validateCharacters(config: ObjectValue): Diagnostics {
  return [...tooShort(config), ...nothingToDraw(config), ...contradiction(config)];
}

function tooShort(config: ObjectValue): Diagnostic[] {
  const length = attribute(config, 'length');
  if (length.kind !== 'number' || MINIMA.some((name) => attribute(config, name).kind === 'unknown')) return [];
  const sum = MINIMA.reduce((total, name) => total + countAt(config, name), 0);
  if (countAt(config, 'length') >= sum) return [];
  const detail = `Attribute length value must be at least sum of ${MINIMA.join(' + ')}, got: ${countAt(config, 'length')}`;
  return [problem(['length'], 'Invalid Attribute Value', detail)];
}

/** All classes have to be switched off expressly; one that is left out is on. */
function nothingToDraw(config: ObjectValue): Diagnostic[] {
  const digits = attribute(config, 'numeric').kind === 'null' ? 'number' : 'numeric';
  const classes = ['special', 'upper', 'lower', digits];
  if (!classes.every((name) => boolAt(config, name) === false)) return [];
  const detail = `At least one attribute out of [${classes.join(',')}] must be specified as true`;
  return [problem([digits], 'Invalid Attribute Combination', detail)];
}

function contradiction(config: ObjectValue): Diagnostic[] {
  const [older, newer] = [boolAt(config, 'number'), boolAt(config, 'numeric')];
  if (older === undefined || newer === undefined || older === newer) return [];
  const summary = 'Number and numeric are both configured with different values';
  return [problem(['number'], summary, 'Set only "numeric"; "number" is its older name.')];
}

// ---- Plan --------------------------------------------------------------------------------------------------------

export const CHARACTER_RULES: PlanRules = {
  ...RANDOM_RULES,
  derive: digitSwitches,
  replaces: { ...RANDOM_RULES.replaces, override_special: replacedBySpecials },
};

/** `number` and `numeric` are one switch under two names. */
function digitSwitches(config: ObjectValue): Record<string, Value> {
  const [older, newer] = [attribute(config, 'number'), attribute(config, 'numeric')];
  const given = newer.kind === 'null' ? older : newer;
  const value = given.kind === 'null' ? TRUE : given;
  return { number: older.kind === 'null' ? value : older, numeric: value };
}

/** An older version stored an empty text where nothing was configured. */
function replacedBySpecials({ before, config }: AttributeChange): boolean {
  if (config.kind === 'unknown') return false;
  return !(config.kind === 'null' && before.kind === 'string' && before.value === '');
}

// ---- Create ------------------------------------------------------------------------------------------------------

/** As many characters as were asked for, each class at least as often as its minimum, in random order. */
export function drawCharacters(planned: ObjectValue): Result<string> {
  const override = textAt(planned, 'override_special') ?? '';
  const classes = [
    { on: boolAt(planned, 'upper'), minimum: countAt(planned, 'min_upper'), characters: UPPER },
    { on: boolAt(planned, 'lower'), minimum: countAt(planned, 'min_lower'), characters: LOWER },
    { on: boolAt(planned, 'numeric'), minimum: countAt(planned, 'min_numeric'), characters: DIGITS },
    { on: boolAt(planned, 'special'), minimum: countAt(planned, 'min_special'), characters: override || SPECIAL },
  ];
  const all = classes.filter(({ on }) => on).map(({ characters }) => characters);
  if (all.length === 0) return failed(nothingLeft());
  const drawn = classes.flatMap(({ minimum, characters }) => draw(characters, minimum));
  const rest = draw(all.join(''), countAt(planned, 'length') - drawn.length);
  return ok(shuffled([...drawn, ...rest]).join(''));
}

function nothingLeft(): Diagnostic {
  const detail = 'Letters, digits and special characters are all switched off, so there is nothing to draw from.';
  return problem([], 'Random Read Error', detail);
}

/** `randomInt` throws away draws that would make some characters likelier. */
function draw(characters: string, count: number): string[] {
  const set = [...characters];
  return Array.from({ length: Math.max(0, count) }, () => set[randomInt(set.length)] ?? '');
}

function shuffled(characters: readonly string[]): string[] {
  const order = [...characters];
  for (let last = order.length - 1; last > 0; last--) {
    const other = randomInt(last + 1);
    const moved = order[last] ?? '';
    order[last] = order[other] ?? '';
    order[other] = moved;
  }
  return order;
}

// ---- Import and older states -------------------------------------------------------------------------------------

/** Everything that is not known of an imported text is as by default. */
export function importedCharacters(text: string): Entries {
  const on = ['lower', 'number', 'numeric', 'special', 'upper'].map((name) => [name, TRUE] as const);
  const minima = MINIMA.map((name) => [name, numberValue(0)] as const);
  return [...on, ...minima, ['length', numberValue(Buffer.byteLength(text))], ['result', stringValue(text)]];
}

/** Versions before the present one had no `numeric`, and stored no defaults. */
export function upgradeCharacters(attributes: JsonObject): JsonObject {
  const result = typeof attributes.result === 'string' ? attributes.result : '';
  const upgraded: Record<string, JsonObject[string]> = { ...attributes };
  for (const name of ['lower', 'number', 'special', 'upper']) upgraded[name] = attributes[name] ?? true;
  for (const name of MINIMA) upgraded[name] = attributes[name] ?? 0;
  return { ...upgraded, numeric: upgraded.number ?? true, length: attributes.length ?? Buffer.byteLength(result) };
}
