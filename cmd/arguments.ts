/**
 * Terraform's flags have one dash, a value behind `=` or in the next word, and booleans that are false only by
 * `=false`. This turns them into what yargs reads, and finds what no flag is called. Knows no command.
 */
import { suggestion } from '../core/diag/did-you-mean.ts';

export interface Flag {
  readonly type: 'boolean' | 'string' | 'list' | 'count';
  readonly describe: string;
  readonly default?: boolean | string | number;
}

export type Flags = Readonly<Record<string, Flag>>;

export interface Rewritten {
  /** `--name=value`, `--name`, and everything else as it was. */
  readonly args: readonly string[];
  /** Flags of kind `list` in the order in which they were typed, all names together. */
  readonly lists: readonly { readonly name: string; readonly value: string }[];
  /** What is wrong, in Terraform's words. */
  readonly problems: readonly string[];
}

const FLAG = /^--?([A-Za-z][\w-]*)(?:=([\s\S]*))?$/;

/** Everything behind `--` is left alone. */
export function rewriteArguments(args: readonly string[], flags: Flags): Rewritten {
  const result = { args: [] as string[], lists: [] as { name: string; value: string }[], problems: [] as string[] };
  for (let index = 0; index < args.length; index++) {
    const arg = args[index] ?? '';
    if (arg === '--') {
      result.args.push(...args.slice(index));
      break;
    }
    const [, name, value] = FLAG.exec(arg) ?? [];
    if (name === undefined || arg === '-') {
      result.args.push(arg);
      continue;
    }
    const flag = flags[name];
    if (flag === undefined) {
      result.problems.push(`flag provided but not defined: -${name}${suggestion(name, Object.keys(flags)).trimEnd()}`);
    } else if (flag.type === 'boolean') {
      rewriteBoolean(name, value, result);
    } else {
      rewriteValued(name, flag, value ?? args[++index], result);
    }
  }
  return result;
}

interface Result {
  readonly args: string[];
  readonly lists: { name: string; value: string }[];
  readonly problems: string[];
}

const TRUE: ReadonlySet<string> = new Set(['1', 't', 'T', 'true', 'TRUE', 'True']);
const FALSE: ReadonlySet<string> = new Set(['0', 'f', 'F', 'false', 'FALSE', 'False']);

function rewriteBoolean(name: string, value: string | undefined, result: Result): void {
  if (value === undefined || TRUE.has(value)) result.args.push(`--${name}=true`);
  else if (FALSE.has(value)) result.args.push(`--${name}=false`);
  else result.problems.push(`invalid boolean value "${value}" for -${name}: use true or false`);
}

function rewriteValued(name: string, flag: Flag, value: string | undefined, result: Result): void {
  if (value === undefined) {
    result.problems.push(`flag needs an argument: -${name}`);
    return;
  }
  if (flag.type === 'count' && !/^\d+$/.test(value)) {
    result.problems.push(`invalid value "${value}" for flag -${name}: it must be a whole number`);
    return;
  }
  if (flag.type === 'list') result.lists.push({ name, value });
  else result.args.push(`--${name}=${value}`);
}

/** `10s`, `1m30s`, `500ms` in milliseconds; undefined for what is no duration. A bare number is none, but `0` is. */
export function parseDuration(text: string): number | undefined {
  if (text === '0') return 0;
  const units: Readonly<Record<string, number>> = { h: 3_600_000, m: 60_000, s: 1000, ms: 1 };
  if (!/^(?:\d+(?:\.\d+)?(?:h|ms|m|s))+$/.test(text)) return undefined;
  let total = 0;
  for (const [, number, unit] of text.matchAll(/(\d+(?:\.\d+)?)(h|ms|m|s)/g))
    total += Number(number) * (units[unit ?? ''] ?? 0);
  return total;
}

/** Words of `TF_CLI_ARGS`, as a shell splits them. */
export function splitWords(text: string): string[] {
  const words = text.match(/(?:[^\s"'\\]|\\[\s\S]|"(?:[^"\\]|\\[\s\S])*"|'[^']*')+/g) ?? [];
  return words.map((word) =>
    word.replace(/\\([\s\S])|"((?:[^"\\]|\\[\s\S])*)"|'([^']*)'/g, (_, plain, double, single) => {
      if (plain !== undefined) return String(plain);
      return double === undefined ? String(single) : String(double).replace(/\\([\s\S])/g, '$1');
    }),
  );
}
