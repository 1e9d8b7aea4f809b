import { describe, expect, it } from 'vitest';
import { FAMILIES, loadFunctions } from '../../../core/eval/functions/table.ts';

describe('the table of functions', () => {
  it('names in each family what its file defines, and nothing twice', async () => {
    const names: string[] = [];
    for (const family of FAMILIES) {
      const defined = (await family.load()).map(({ name }) => name).sort();
      expect(defined).toEqual(family.names.split(' ').sort());
      names.push(...defined);
    }
    expect(new Set(names).size).toBe(names.length);
    // Terraform 1.11 has 116 functions beside try, can and type; three are OpenTofu's.
    expect(names.length).toBe(119);
  });

  it('has the family of every name that was asked for, and no other', async () => {
    const table = await loadFunctions(['join', 'nosuch', 'try']);
    expect(table.get('join')?.name).toBe('join');
    expect(table.get('upper')?.name).toBe('upper');
    expect(table.get('nosuch')).toBeUndefined();
    expect(() => table.get('regex')).toThrow('function regex is not loaded');
  });

  it('takes core:: for no more than a way to say it', async () => {
    const table = await loadFunctions(['core::max']);
    expect(table.get('core::max')).toBe(table.get('max'));
  });

  it('has everything for a template, which may call anything', async () => {
    const table = await loadFunctions(['templatefile']);
    expect(table.get('yamldecode')?.name).toBe('yamldecode');
  });

  it('knows all names for "did you mean"', async () => {
    const table = await loadFunctions([]);
    expect([...table.names()]).toContain('cidrsubnets');
  });
});
