/** What an unquoted YAML scalar means: YAML 1.1's words for booleans and null, decimal numbers, 0x, 0o, dates. */
import { INFINITY, NEGATIVE_INFINITY, numFromBigInt, parseNumText } from '../../value/number.ts';
import { FALSE, NULL, type Num, TRUE, type Value, numberValue, stringValue } from '../../value/value.ts';
import { formatTimestamp, parseTimestamp } from './rfc3339.ts';

export interface PlainScalar {
  readonly kind: 'null' | 'bool' | 'int' | 'timestamp' | 'str';
  readonly value: Value;
}

const TRUES = /^(?:y|Y|yes|Yes|YES|on|On|ON|true|True|TRUE)$/;
const FALSES = /^(?:n|N|no|No|NO|off|Off|OFF|false|False|FALSE)$/;
const NUMBER = /^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$/;

export function plainScalar(text: string): PlainScalar | 'nan' {
  if (/^(?:|~|null|Null|NULL)$/.test(text)) return { kind: 'null', value: NULL };
  if (TRUES.test(text)) return { kind: 'bool', value: TRUE };
  if (FALSES.test(text)) return { kind: 'bool', value: FALSE };
  if (/^\.(?:nan|NaN|NAN)$/.test(text)) return 'nan';
  const number = numberOf(text);
  if (number !== undefined) return { kind: 'int', value: numberValue(number) };
  const date = dateOf(text);
  if (date !== undefined) return { kind: 'timestamp', value: stringValue(date) };
  return { kind: 'str', value: stringValue(text) };
}

function numberOf(text: string): Num | undefined {
  if (/^0x[0-9a-fA-F]+$/.test(text) || /^0o[0-7]+$/.test(text)) return numFromBigInt(BigInt(text));
  if (/^[-+]?\.(?:inf|Inf|INF)$/.test(text)) return text.startsWith('-') ? NEGATIVE_INFINITY : INFINITY;
  return NUMBER.test(text) ? parseNumText(text) : undefined;
}

const DATE =
  /^(\d{4})-(\d{1,2})-(\d{1,2})(?:(?:[Tt](\d{1,2}):(\d{1,2}):(\d{1,2})(?:\.\d+)?(Z|[-+]\d\d:\d\d))|(?: (\d{1,2}):(\d{1,2}):(\d{1,2})(?:\.\d+)?))?$/;

/** In the form of RFC 3339; undefined for what is no date that exists. */
function dateOf(text: string): string | undefined {
  const match = DATE.exec(text);
  if (match === null) return undefined;
  const [, year, month, day, hourT, minuteT, secondT, zone, hour, minute, second] = match;
  const date = [year, month, day].map((part) => part?.padStart(2, '0')).join('-');
  const time = [hourT ?? hour, minuteT ?? minute, secondT ?? second].map((part) => (part ?? '0').padStart(2, '0'));
  const timestamp = parseTimestamp(`${date}T${time.join(':')}${zone ?? 'Z'}`);
  return timestamp.kind === 'timestamp' ? formatTimestamp(timestamp) : undefined;
}
