/** Words for the tokens that belong nowhere in the language, so that the parser need not know of them. */
import { type Diagnostic, errorAt } from '../diag/diagnostic.ts';
import type { Range } from '../diag/source.ts';
import { Token, type TokenList } from './token.ts';

/** How often one and the same mistake is told in a file; a quoted newline and an unknown character always are. */
const TIMES_TOLD: Readonly<Record<string, number>> = { bitwise: 4, semicolon: 1, backtick: 2, apostrophe: 2 };

/**
 * Diagnostics for the tokens nobody wants, in source order.
 *
 * @param rangeOf gives the place of a stretch of the tokens' text
 */
export function lexicalErrors(tokens: TokenList, rangeOf: (start: number, end: number) => Range): Diagnostic[] {
  const diagnostics: Diagnostic[] = [];
  const met = new Map<string, number>();
  for (let index = 0; index < tokens.count; index++) {
    const kind = tokens.kind(index);
    if (kind < Token.bitAnd && kind !== Token.quotedNewline) continue;
    const error = describe(kind, tokens.textOf(index));
    const before = met.get(error.mistake) ?? 0;
    met.set(error.mistake, before + 1);
    if (isTold(error.mistake, before)) {
      diagnostics.push(errorAt(rangeOf(tokens.start(index), tokens.end(index)), error.summary, error.detail));
    }
  }
  return diagnostics;
}

/** Of a pair of quote-like characters only the opening one is told. */
function isTold(mistake: string, before: number): boolean {
  if (mistake === 'backtick' || mistake === 'apostrophe') return before === 0 || before >= 2;
  return before < (TIMES_TOLD[mistake] ?? Number.POSITIVE_INFINITY);
}

interface LexicalError {
  readonly mistake: string;
  readonly summary: string;
  readonly detail: string;
}

const INVALID_CHARACTER = 'Invalid character';

function bitwise(hint: string): LexicalError {
  return {
    mistake: 'bitwise',
    summary: 'Unsupported operator',
    detail: `Bitwise operators are not supported.${hint}`,
  };
}

function describe(kind: number, text: string): LexicalError {
  switch (kind) {
    case Token.bitAnd:
      return bitwise(' Did you mean boolean AND ("&&")?');
    case Token.bitOr:
      return bitwise(' Did you mean boolean OR ("||")?');
    case Token.bitNot:
      return bitwise(' Did you mean boolean NOT ("!")?');
    case Token.bitXor:
      return bitwise('');
    case Token.quotedNewline:
      return {
        mistake: 'newline',
        summary: 'Invalid multi-line string',
        detail:
          'Quoted strings may not be split over multiple lines. To produce a multi-line string, either use the \\n escape to represent a newline character or use the "heredoc" multi-line template syntax.',
      };
    default:
      return { ...describeCharacter(kind, text), summary: INVALID_CHARACTER };
  }
}

function describeCharacter(kind: number, text: string): { mistake: string; detail: string } {
  if (kind === Token.backtick) {
    return {
      mistake: 'backtick',
      detail: 'The "`" character is not valid. To create a multi-line string, use the "heredoc" syntax, like "<<EOT".',
    };
  }
  if (kind === Token.apostrophe) {
    return { mistake: 'apostrophe', detail: 'Single quotes are not valid. Use double quotes (") to enclose strings.' };
  }
  if (kind === Token.semicolon) {
    return {
      mistake: 'semicolon',
      detail:
        'The ";" character is not valid. Use newlines to separate arguments and blocks, and commas to separate items in collection values.',
    };
  }
  if (text === '\u201c' || text === '\u201d') {
    return {
      mistake: 'curly',
      detail:
        '"Curly quotes" are not valid here. These can sometimes be inadvertently introduced when sharing code via documents or discussion forums. It might help to replace the character with a "straight quote".',
    };
  }
  return { mistake: 'character', detail: 'This character is not used within the language.' };
}
