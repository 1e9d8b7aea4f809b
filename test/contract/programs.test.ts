import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { PROGRAM_GAPS } from '../data/vectors/program-gaps.ts';
import { compareProgram, programNames } from '../support/program-vectors.ts';

const FOLDER = fileURLToPath(new URL('../data/vectors/programs/', import.meta.url));

/** A listed program has to differ, so that the list is never longer than it has to be. */
describe('programs that Terraform answered', () => {
  test.each(programNames(FOLDER))('%s', async (name) => {
    const problems = await compareProgram(FOLDER, name);
    if (PROGRAM_GAPS[name] === undefined) expect(problems.join('\n')).toBe('');
    else expect(problems, `listed as a gap: ${PROGRAM_GAPS[name]}`).not.toEqual([]);
  });
});
