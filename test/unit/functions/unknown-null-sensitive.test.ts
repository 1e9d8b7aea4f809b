import { beforeAll, describe, expect, it } from 'vitest';
import { loadFunctions } from '../../../core/eval/functions/table.ts';
import type { FunctionTable } from '../../../core/eval/scope.ts';
import { NUMBER, STRING, listType, mapType, objectType, setType } from '../../../core/value/type.ts';
import { unknownValue } from '../../../core/value/value.ts';
import { answer } from './answer.ts';

let functions: FunctionTable;
beforeAll(async () => {
  functions = await loadFunctions('all');
});

const locals = {
  text: unknownValue(STRING),
  pre: unknownValue(STRING, { notNull: true, prefix: 'pre-' }),
  number: unknownValue(NUMBER),
  list: unknownValue(listType(STRING)),
  three: unknownValue(listType(STRING), { minLength: 3, maxLength: 3 }),
  set: unknownValue(setType(STRING)),
  map: unknownValue(mapType(NUMBER)),
  object: unknownValue(objectType([['a', NUMBER]])),
};

/** One row and more for each family: what an unknown argument leaves known. */
const UNKNOWN_ROWS: [expression: string, expected: string][] = [
  ['upper(local.text)', 'unknown string'],
  ['upper(local.text) == null', 'false bool'],
  ['startswith(local.pre, "pre")', 'true bool'],
  ['startswith(local.pre, "pre-x")', 'unknown bool'],
  ['startswith(local.pre, "xxxx")', 'false bool'],
  ['startswith(local.text, "")', 'true bool'],
  ['join(",", ["a", local.text])', 'unknown string'],
  ['split(",", local.text)', 'unknown list(string)'],
  ['length(local.text)', 'unknown number'],
  ['length(local.list)', 'unknown number'],
  ['length(local.three)', '3 number'],
  ['length(local.object)', '1 number'],
  ['length([local.us])', '1 number'],
  ['length(toset([local.text, "a"]))', 'unknown number'],
  ['element([local.text, "b"], 1)', '"b" string'],
  ['element(local.list, 0) == null', 'unknown bool'],
  ['concat(["a"], local.list)', 'unknown dynamic'],
  ['concat(tolist(["a"]), local.list)', 'unknown list(string)'],
  ['slice(local.list, 0, 1)', 'unknown list(string)'],
  ['slice(["a", 1], 0, local.number)', 'unknown dynamic'],
  ['reverse([local.text, "b"])[0]', '"b" string'],
  ['flatten([["a"], local.list])', 'unknown dynamic'],
  ['flatten([["a"], [local.text]])[0]', '"a" string'],
  ['compact(["a", local.text])', 'unknown list(string)'],
  ['distinct([local.text])', 'unknown list(string)'],
  ['contains(["a", local.text], "a")', 'true bool'],
  ['contains([local.text], "a")', 'unknown bool'],
  ['index(["a", local.text], "a")', '0 number'],
  ['index([local.text, "a"], "a")', 'unknown number'],
  ['chunklist(["a", local.text], 1)[0]', '["a"] list(string)'],
  ['range(local.number)', 'unknown list(number)'],
  ['length(sort(["b", local.text]))', '2 number'],
  ['alltrue([false, local.us])', 'false bool'],
  ['alltrue([local.us, false])', 'unknown bool'],
  ['anytrue([local.us, true])', 'true bool'],
  ['one(local.set)', 'unknown string'],
  ['one([local.text])', 'unknown string'],
  ['keys(local.map)', 'unknown list(string)'],
  ['keys(local.object)', '["a"] tuple([string,])'],
  ['values(local.map)', 'unknown list(number)'],
  ['lookup({ a = 1 }, "a", local.text)', '1 number'],
  ['lookup({ a = 1 }, local.text, 0)', 'unknown dynamic'],
  ['lookup(local.map, "a", 0)', 'unknown number'],
  ['lookup({}, "a", local.text)', 'unknown string'],
  ['merge({ a = 1 }, { b = local.text }).a', '1 number'],
  ['merge({ a = 1 }, local.map)', 'unknown dynamic'],
  ['merge({ a = 1 }, local.object)', 'unknown object({a:number,})'],
  ['merge(tomap({ a = 1 }), local.map)', 'unknown map(number)'],
  ['zipmap(["a"], [local.text])', 'unknown object({a:string,})'],
  ['zipmap([local.text], [1])', 'unknown dynamic'],
  ['zipmap([local.text], tolist([1]))', 'unknown map(number)'],
  ['transpose({ a = [local.text] })', 'unknown map(list(string))'],
  ['matchkeys(["a"], [local.text], ["k"])', 'unknown list(string)'],
  ['length(setunion(["a"], [local.text]))', 'unknown number'],
  ['setintersection(["a"], [local.text])', 'unknown set(string)'],
  ['setproduct(local.list, ["a"])', 'unknown list(tuple([string,string,]),)'],
  ['setproduct([local.text], ["a"])[0][1]', '"a" string'],
  ['coalesce("b", local.text)', '"b" string'],
  ['coalesce(local.text, "b") == null', 'false bool'],
  ['coalescelist(local.list, ["a"])', 'unknown dynamic'],
  ['tostring(local.number)', 'unknown string'],
  ['tolist([local.text, 1])[1]', '"1" string'],
  ['max(1, local.number)', 'unknown number'],
  ['sum([1, local.number])', 'unknown number'],
  ['parseint(local.text, 10)', 'unknown number'],
  ['startswith(format("a-%s", local.text), "a-")', 'true bool'],
  ['formatlist("%s", ["a", local.text])[0]', '"a" string'],
  ['regex("(a)(b)", local.text)', 'unknown tuple([string,string,])'],
  ['regex("(?P<x>a)", local.text)', 'unknown object({x:string,})'],
  ['regexall("a", local.text)', 'unknown list(string)'],
  ['file(local.text)', 'unknown string'],
  ['fileset(".", local.text)', 'unknown set(string)'],
  ['templatefile(local.text, {})', 'unknown dynamic'],
  ['md5(local.text)', 'unknown string'],
  ['base64decode(local.text)', 'unknown string'],
  ['base64gunzip(local.text)', 'unknown string'],
  ['textencodebase64(local.text, "UTF-8")', 'unknown string'],
  ['startswith(jsonencode({ a = local.text }), "{")', 'true bool'],
  ['startswith(jsonencode(local.text), "\\"")', 'unknown bool'],
  ['jsondecode(local.text)', 'unknown dynamic'],
  ['csvdecode(local.text)', 'unknown dynamic'],
  ['yamldecode(local.text)', 'unknown dynamic'],
  ['yamlencode([local.text])', 'unknown string'],
  ['formatdate("YYYY", local.text)', 'unknown string'],
  ['cidrsubnets("10.0.0.0/8", local.number)', 'unknown list(string)'],
  ['cidrcontains("10.0.0.0/8", local.text)', 'unknown bool'],
  ['uuidv5("dns", local.text)', 'unknown string'],
  ['issensitive(local.text)', 'unknown bool'],
];

const NULL_ROWS: [expression: string, expected: string][] = [
  ['upper(null)', 'error: Invalid function argument: Invalid value for "str" parameter: argument must not be null.'],
  [
    'max(1, null)',
    'error: Invalid function argument: Invalid value for "numbers" parameter: argument must not be null.',
  ],
  ['coalesce(null, tostring(null), "x")', '"x" string'],
  ['merge(null, { a = 1 })', '{"a":1} object({a:number,})'],
  ['lookup({ a = null }, "a", 1)', 'null dynamic'],
  ['jsonencode(null)', '"null" string'],
  ['yamlencode(null)', '"null\\n...\\n" string'],
  ['tolist(null)', 'null list(dynamic)'],
  ['sensitive(null)', 'sensitive null dynamic'],
  ['format("%v", tostring(null))', '"null" string'],
  ['one([])', 'null dynamic'],
];

const SENSITIVE_ROWS: [expression: string, expected: string][] = [
  ['upper(sensitive("a"))', 'sensitive "A" string'],
  ['length([sensitive("a")])', '1 number'],
  ['element([sensitive("a"), "b"], 1)', '"b" string'],
  ['element([sensitive("a"), "b"], 0)', 'sensitive "a" string'],
  ['merge({ a = sensitive(1) }, { b = 2 }).b', '2 number'],
  ['keys({ a = sensitive(1) })', '["a"] tuple([string,])'],
  ['lookup({ a = 1 }, sensitive("a"))', 'sensitive 1 number'],
  ['zipmap([sensitive("a")], [1])', 'sensitive {"a":1} object({a:number,})'],
  ['nonsensitive(sensitive("a"))', '"a" string'],
  ['nonsensitive([sensitive("a")])', 'sensitive ["a"] tuple([string,])'],
  ['issensitive([sensitive("a")])', 'false bool'],
  [
    'tonumber(sensitive("abc"))',
    'error: Invalid function argument: Invalid value for "v" parameter: cannot convert this sensitive string to number.',
  ],
  // Terraform tells the secret here.
  [
    'parseint(sensitive("x"), 10)',
    'error: Invalid function argument: Invalid value for "number" parameter: cannot parse (sensitive value) as a base 10 integer.',
  ],
  ['ephemeralasnull({ a = local.eph, b = sensitive(1) })', 'sensitive {"a":null,"b":1} object({a:string,b:number,})'],
  ['setunion(["a"], [sensitive("b")])', 'sensitive ["a","b"] set(string)'],
];

describe('unknown arguments', () => {
  it.each(UNKNOWN_ROWS)('%s', (expression, expected) => {
    expect(answer(expression, { functions, locals })).toBe(expected);
  });
});

describe('null arguments', () => {
  it.each(NULL_ROWS)('%s', (expression, expected) => {
    expect(answer(expression, { functions })).toBe(expected);
  });
});

describe('sensitive arguments', () => {
  it.each(SENSITIVE_ROWS)('%s', (expression, expected) => {
    expect(answer(expression, { functions })).toBe(expected);
  });
});
