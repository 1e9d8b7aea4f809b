/** CSV with a header line. */
import { CsvError, parse } from 'csv-parse/sync';
import { DYNAMIC, STRING, type Type, objectType } from '../../value/type.ts';
import { listValue, objectValue, stringValue } from '../../value/value.ts';
import { callError, defineFunction, parameter, textOf } from './define.ts';
import { quote } from './text.ts';

const csvdecode = defineFunction({
  name: 'csvdecode',
  parameters: [parameter('str', STRING)],
  returns: DYNAMIC,
  call: (args) => {
    const rows = readRows(textOf(args, 0));
    if (typeof rows === 'string') return callError(rows);
    const [header, ...records] = rows;
    if (header === undefined) return callError('missing header line');
    const repeated = header.find((name, index) => header.indexOf(name) !== index);
    if (repeated !== undefined) return callError(`duplicate column name ${quote(repeated)}`);
    const type: Type = objectType(header.map((name) => [name, STRING] as const));
    const values = records.map((record) =>
      objectValue(header.map((name, index) => [name, stringValue(record[index] ?? '')] as const)),
    );
    return listValue(type, values);
  },
});

interface Row {
  readonly record: readonly string[];
  readonly info: { readonly lines: number };
}

const OPTIONS = { skip_empty_lines: true, relax_column_count: true, info: true, record_delimiter: '\n' } as const;

/** Rows of as many fields as the first, or the complaint about one. Empty lines are no rows. */
function readRows(text: string): string[][] | string {
  try {
    // A line ends with a line feed alone; the carriage return that may come before it is no part of any field.
    const lines = text.replace(/\r\n/g, '\n').replace(/\r$/, '');
    const rows = parse(lines, OPTIONS) as unknown as Row[];
    const width = rows[0]?.record.length ?? 0;
    const ragged = rows.find((row) => row.record.length !== width);
    if (ragged !== undefined) return `CSV parse error on line ${ragged.info.lines}: wrong number of fields`;
    return rows.map((row) => [...row.record]);
  } catch (error) {
    if (error instanceof CsvError) return complaint(error);
    throw error;
  }
}

function complaint(error: CsvError): string {
  const { lines } = error as { readonly lines?: unknown };
  const line = typeof lines === 'number' ? lines : 1;
  const isBare = error.code === 'INVALID_OPENING_QUOTE';
  return `CSV parse error on line ${line}: ${isBare ? 'bare " in non-quoted-field' : 'extraneous or missing " in quoted-field'}`;
}

export const csvFunctions = [csvdecode];
