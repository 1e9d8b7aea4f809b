/**
 * Character sets by their IANA names. Decoding is the runtime's, but for the code pages it lacks; encoding is decoding
 * looked up backwards, with a table made when a set is first used.
 */
import { UPPER_HALVES } from './code-pages.ts';
import { decodeUtf8 } from './text.ts';

export interface CharacterSet {
  /** The name that IANA prefers. */
  readonly name: string;
  /** Undefined when a character is not in the set. */
  encode(text: string): Buffer | undefined;
  /** Undefined when bytes stand for nothing. */
  decode(bytes: Buffer): string | undefined;
}

/** Any of its names, in any case. */
export function characterSet(name: string): CharacterSet | undefined {
  const wanted = name.toLowerCase();
  for (const [names, make] of SETS) {
    const [canonical = '', ...aliases] = names.split(' ');
    if ([canonical, ...aliases].some((alias) => alias.toLowerCase() === wanted)) return make(canonical);
  }
  return undefined;
}

type Make = (name: string) => CharacterSet;

function once(make: Make): Make {
  let made: CharacterSet | undefined;
  return (name) => {
    made ??= make(name);
    return made;
  };
}

// ---- One byte a character --------------------------------------------------------------------------------------

const ASCII = Array.from({ length: 128 }, (_, code) => String.fromCharCode(code)).join('');

/** Of 128 or 256 characters; U+FFFD marks a byte that stands for nothing. */
function singleByte(characters: () => string): Make {
  return once((name) => {
    const table = [...characters()];
    const codes = new Map(table.map((character, code) => [character, code] as const));
    codes.delete('\ufffd');
    return {
      name,
      encode: (text) => encodeWith(text, (character) => byteOf(codes.get(character))),
      decode(bytes) {
        const text = Array.from(bytes, (byte) => table[byte] ?? '\ufffd').join('');
        return text.includes('\ufffd') ? undefined : text;
      },
    };
  });
}

function byteOf(code: number | undefined): readonly number[] | undefined {
  return code === undefined ? undefined : [code];
}

function encodeWith(text: string, bytesOf: (character: string) => readonly number[] | undefined): Buffer | undefined {
  const all: number[] = [];
  for (const character of text) {
    const bytes = bytesOf(character);
    if (bytes === undefined) return undefined;
    all.push(...bytes);
  }
  return Buffer.from(all);
}

const UPPER_BYTES = Buffer.from(Array.from({ length: 128 }, (_, index) => index + 128));
const LATIN1 = ASCII + UPPER_BYTES.toString('latin1');

/** Controls in the upper half are the runtime's way to read bytes that stand for nothing. */
const defined = (upper: string): string => ASCII + upper.replace(/[\x80-\x9f]/g, '\ufffd');

const runtimeTable = (label: string): Make => singleByte(() => defined(new TextDecoder(label).decode(UPPER_BYTES)));

/** The part above 0xa0; the runtime's tables put Windows characters into the controls below. */
const isoTable = (label: string): Make =>
  singleByte(() => LATIN1.slice(0, 160) + new TextDecoder(label).decode(UPPER_BYTES.subarray(32)));

const codePage = (page: string): Make => singleByte(() => ASCII + (UPPER_HALVES[page] ?? ''));

// ---- Several bytes a character ---------------------------------------------------------------------------------

/** Byte sequences that a set may use, besides ASCII. */
type Sequences = () => Generator<readonly number[]>;

function* pairs(first: readonly [number, number], second: readonly [number, number]): Generator<readonly number[]> {
  for (let lead = first[0]; lead <= first[1]; lead++) {
    for (let trail = second[0]; trail <= second[1]; trail++) yield [lead, trail];
  }
}

function multiByte(label: string, sequences: Sequences): Make {
  return once((name) => {
    let table: ReadonlyMap<string, readonly number[]> | undefined;
    return {
      name,
      encode(text) {
        table ??= reverseTable(label, sequences);
        return encodeWith(text, (character) =>
          character < '\x80' ? byteOf(character.charCodeAt(0)) : table?.get(character),
        );
      },
      decode: (bytes) => decodeStrictly(label, bytes),
    };
  });
}

/** The first sequence of each character. */
function reverseTable(label: string, sequences: Sequences): Map<string, readonly number[]> {
  const decoder = new TextDecoder(label);
  const table = new Map<string, readonly number[]>();
  for (const sequence of sequences()) {
    const text = decoder.decode(Uint8Array.from(sequence));
    const isOne = text.length === 1 || (text.length === 2 && (text.codePointAt(0) ?? 0) > 0xffff);
    if (isOne && text !== '\ufffd' && text > '\x7f' && !table.has(text)) table.set(text, sequence);
  }
  return table;
}

function decodeStrictly(label: string, bytes: Buffer): string | undefined {
  try {
    return new TextDecoder(label, { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

function* shiftJis(): Generator<readonly number[]> {
  for (let byte = 0xa1; byte <= 0xdf; byte++) yield [byte];
  yield* pairs([0x81, 0x9f], [0x40, 0xfc]);
  yield* pairs([0xe0, 0xec], [0x40, 0xfc]);
  yield* pairs([0xef, 0xfc], [0x40, 0xfc]);
}

function* eucJp(): Generator<readonly number[]> {
  yield* pairs([0xa1, 0xfe], [0xa1, 0xfe]);
  yield* pairs([0x8e, 0x8e], [0xa1, 0xdf]);
  for (const [lead, trail] of pairs([0xa1, 0xfe], [0xa1, 0xfe])) yield [0x8f, lead ?? 0, trail ?? 0];
}

function* gb18030(): Generator<readonly number[]> {
  yield* pairs([0x81, 0xfe], [0x40, 0xfe]);
  for (const [first, second] of pairs([0x81, 0x84], [0x30, 0x39])) {
    for (const [third, fourth] of pairs([0x81, 0xfe], [0x30, 0x39])) {
      yield [first ?? 0, second ?? 0, third ?? 0, fourth ?? 0];
    }
  }
}

/** Beyond the basic plane GB 18030 counts on, ten by 126 by ten by ten. */
const gb18030Set: Make = once((name) => {
  const basic = multiByte('gb18030', gb18030)(name);
  return {
    ...basic,
    encode(text) {
      const parts = text.split(/([\u{10000}-\u{10ffff}])/u).map((part, index) => {
        return index % 2 === 1 ? supplementary(part) : basic.encode(part);
      });
      return parts.every((part) => part !== undefined) ? Buffer.concat(parts) : undefined;
    },
  };
});

function supplementary(character: string): Buffer {
  let rest = (character.codePointAt(0) ?? 0) - 0x10000;
  const fourth = 0x30 + (rest % 10);
  rest = Math.floor(rest / 10);
  const third = 0x81 + (rest % 126);
  rest = Math.floor(rest / 126);
  return Buffer.from([0x90 + Math.floor(rest / 10), 0x30 + (rest % 10), third, fourth]);
}

/** JIS X 0208 in seven bits, with escapes before and after it. */
const iso2022Jp: Make = once((name) => {
  const pairSet = multiByte('euc-jp', () => pairs([0xa1, 0xfe], [0xa1, 0xfe]))('EUC-JP');
  return {
    name,
    encode(text) {
      let isDouble = false;
      const bytes = encodeWith(text, (character) => {
        const wide = character >= '\x80';
        const pair = pairSet.encode(character);
        if (pair === undefined) return undefined;
        const shift = wide === isDouble ? [] : wide ? [0x1b, 0x24, 0x42] : [0x1b, 0x28, 0x42];
        isDouble = wide;
        return [...shift, ...Array.from(pair, (byte) => byte & 0x7f)];
      });
      const end = isDouble ? Buffer.from([0x1b, 0x28, 0x42]) : Buffer.alloc(0);
      return bytes === undefined ? undefined : Buffer.concat([bytes, end]);
    },
    decode: (bytes) => decodeStrictly('iso-2022-jp', bytes),
  };
});

// ---- Unicode ---------------------------------------------------------------------------------------------------

const utf8: Make = (name) => ({ name, encode: (text) => Buffer.from(text), decode: decodeUtf8 });

function utf16(order: 'be' | 'le', withMark: boolean): Make {
  return (name) => ({
    name,
    encode(text) {
      const bytes = Buffer.from(withMark ? `\ufeff${text}` : text, 'utf16le');
      return order === 'be' ? bytes.swap16() : bytes;
    },
    decode(bytes) {
      const mark = withMark && bytes.length >= 2 ? bytes.readUInt16BE(0) : 0;
      const label = mark === 0xfffe ? 'utf-16le' : mark === 0xfeff ? 'utf-16be' : `utf-16${order}`;
      return decodeStrictly(label, mark === 0xfffe || mark === 0xfeff ? bytes.subarray(2) : bytes);
    },
  });
}

// ---- Names -----------------------------------------------------------------------------------------------------

const SETS: readonly (readonly [names: string, make: Make])[] = [
  ['UTF-8 csUTF8', utf8],
  ['UTF-16 csUTF16', utf16('be', true)],
  ['UTF-16BE csUTF16BE', utf16('be', false)],
  ['UTF-16LE csUTF16LE', utf16('le', false)],
  [
    'US-ASCII iso-ir-6 ANSI_X3.4-1968 ANSI_X3.4-1986 ISO_646.irv:1991 ISO646-US us IBM367 cp367 csASCII',
    singleByte(() => ASCII),
  ],
  ['ISO_8859-1:1987 iso-ir-100 ISO_8859-1 ISO-8859-1 latin1 l1 IBM819 CP819 csISOLatin1', singleByte(() => LATIN1)],
  ['ISO_8859-2:1987 iso-ir-101 ISO_8859-2 ISO-8859-2 latin2 l2 csISOLatin2', isoTable('iso-8859-2')],
  ['ISO_8859-3:1988 iso-ir-109 ISO_8859-3 ISO-8859-3 latin3 l3 csISOLatin3', isoTable('iso-8859-3')],
  ['ISO_8859-4:1988 iso-ir-110 ISO_8859-4 ISO-8859-4 latin4 l4 csISOLatin4', isoTable('iso-8859-4')],
  ['ISO_8859-5:1988 iso-ir-144 ISO_8859-5 ISO-8859-5 cyrillic csISOLatinCyrillic', isoTable('iso-8859-5')],
  [
    'ISO_8859-6:1987 iso-ir-127 ISO_8859-6 ISO-8859-6 ECMA-114 ASMO-708 arabic csISOLatinArabic',
    isoTable('iso-8859-6'),
  ],
  [
    'ISO_8859-7:1987 iso-ir-126 ISO_8859-7 ISO-8859-7 ELOT_928 ECMA-118 greek greek8 csISOLatinGreek',
    isoTable('iso-8859-7'),
  ],
  ['ISO_8859-8:1988 iso-ir-138 ISO_8859-8 ISO-8859-8 hebrew csISOLatinHebrew', isoTable('iso-8859-8')],
  ['ISO_8859-9:1989 iso-ir-148 ISO_8859-9 ISO-8859-9 latin5 l5 csISOLatin5', isoTable('windows-1254')],
  ['ISO-8859-10 iso-ir-157 l6 ISO_8859-10:1992 csISOLatin6 latin6', isoTable('iso-8859-10')],
  ['ISO-8859-13 csISO885913', isoTable('iso-8859-13')],
  ['ISO-8859-14 iso-ir-199 ISO_8859-14:1998 ISO_8859-14 latin8 iso-celtic l8 csISO885914', isoTable('iso-8859-14')],
  ['ISO-8859-15 ISO_8859-15 Latin-9 csISO885915', isoTable('iso-8859-15')],
  ['ISO-8859-16 iso-ir-226 ISO_8859-16:2001 ISO_8859-16 latin10 l10 csISO885916', codePage('iso-8859-16')],
  ['ISO_8859-6-E csISO88596E ISO-8859-6-E', isoTable('iso-8859-6')],
  ['ISO_8859-6-I csISO88596I ISO-8859-6-I', isoTable('iso-8859-6')],
  ['ISO_8859-8-E csISO88598E ISO-8859-8-E', isoTable('iso-8859-8')],
  ['ISO_8859-8-I csISO88598I ISO-8859-8-I', isoTable('iso-8859-8')],
  ['KOI8-R csKOI8R', runtimeTable('koi8-r')],
  ['KOI8-U csKOI8U', runtimeTable('koi8-u')],
  ['macintosh mac csMacintosh', runtimeTable('macintosh')],
  ['IBM866 cp866 866 csIBM866', runtimeTable('ibm866')],
  ['windows-874 cswindows874', runtimeTable('windows-874')],
  ...Array.from({ length: 9 }, (_, index): readonly [string, Make] => {
    const name = `windows-125${index}`;
    const make = index === 2 ? singleByte(() => defined(UPPER_HALVES[name] ?? '')) : runtimeTable(name);
    return [`${name} cs${name.replace('-', '')}`, make];
  }),
  ['IBM437 cp437 437 csPC8CodePage437', codePage('ibm437')],
  ['IBM850 cp850 850 csPC850Multilingual', codePage('ibm850')],
  ['IBM852 cp852 852 csPCp852', codePage('ibm852')],
  ['IBM855 cp855 855 csIBM855', codePage('ibm855')],
  ['IBM00858 CCSID00858 CP00858 PC-Multilingual-850+euro csIBM00858', codePage('ibm00858')],
  ['IBM860 cp860 860 csIBM860', codePage('ibm860')],
  ['IBM862 cp862 862 csPC862LatinHebrew', codePage('ibm862')],
  ['IBM863 cp863 863 csIBM863', codePage('ibm863')],
  ['IBM865 cp865 865 csIBM865', codePage('ibm865')],
  ['Shift_JIS MS_Kanji csShiftJIS', multiByte('shift_jis', shiftJis)],
  ['EUC-JP Extended_UNIX_Code_Packed_Format_for_Japanese csEUCPkdFmtJapanese', multiByte('euc-jp', eucJp)],
  ['ISO-2022-JP csISO2022JP', iso2022Jp],
  ['EUC-KR csEUCKR', multiByte('euc-kr', () => pairs([0x81, 0xfe], [0x41, 0xfe]))],
  ['GBK CP936 MS936 windows-936 csGBK', multiByte('gbk', () => pairs([0x81, 0xfe], [0x40, 0xfe]))],
  ['GB18030 csGB18030', gb18030Set],
  ['Big5 csBig5', multiByte('big5', () => pairs([0xa1, 0xfe], [0x40, 0xfe]))],
];
