/** Lines of two texts beside each other. Loads the diff library; only texts of several lines that changed need it. */
import { diffLines } from 'diff';
import type { LineDiff } from './diff-text.ts';

/** Beyond this many edits both texts are shown whole: the library's cost grows with their number. */
const MOST_EDITS = 500;

export const lineDiff: LineDiff = (before, after) => {
  if (before === after) return linesOf(after).map((text) => ({ sign: ' ', text }));
  const parts = diffLines(withNewline(before), withNewline(after), { maxEditLength: MOST_EDITS });
  if (parts === undefined) {
    return [
      ...linesOf(before).map((text) => ({ sign: '-' as const, text })),
      ...linesOf(after).map((text) => ({ sign: '+' as const, text })),
    ];
  }
  return parts.flatMap((part) => {
    const sign = part.added ? '+' : part.removed ? '-' : ' ';
    return linesOf(part.value).map((text) => ({ sign, text }) as const);
  });
};

function withNewline(text: string): string {
  return text === '' || text.endsWith('\n') ? text : `${text}\n`;
}

function linesOf(text: string): string[] {
  return text === '' ? [] : withNewline(text).slice(0, -1).split('\n');
}
