/**
 * A schema is data: the one place where an argument is described. Decoding, planning, rendering, completion,
 * documentation and the coverage test read it; none of them has a list of its own.
 */
import type { AttributePath, Diagnostics } from '../diag/diagnostic.ts';
import type { Type } from '../value/type.ts';
import type { Value } from '../value/value.ts';

export interface Schema extends BlockContents {
  /** `schema_version` of the state. */
  readonly version: number;
  readonly description: string;
  readonly deprecated?: string;
}

export interface BlockContents {
  readonly attributes: Readonly<Record<string, AttributeSchema>>;
  readonly blocks: Readonly<Record<string, BlockSchema>>;
  /** Arguments of older versions. They are no part of the value; their use is a warning. */
  readonly formerly?: Readonly<Record<string, FormerArgument>>;
}

export interface FormerArgument {
  /** The argument that took its place and is read from it. Absent: it is passed over. */
  readonly now?: string;
  /** What to do about it. */
  readonly note: string;
}

/** How a change of this argument reaches the object. `bookkeeping`: no call is needed, the state alone changes. */
export type ChangeMode = 'in-place' | 'replace' | 'bookkeeping';

export interface AttributeSchema {
  readonly type: Type;
  /** `optional-computed`: when the configuration says nothing, the provider decides. */
  readonly use: 'required' | 'optional' | 'computed' | 'optional-computed';
  /** Planned when the configuration says nothing. In JSON form. */
  readonly default?: string | number | boolean;
  readonly sensitive?: boolean;
  readonly writeOnly?: boolean;
  /** What to use instead; its use is a warning. */
  readonly deprecated?: string;
  readonly change?: ChangeMode;
  readonly description: string;
  /** Checks a known, non-null value; paths are relative to the attribute. */
  readonly validate?: (value: Value, path: AttributePath) => Diagnostics;
  /** Whether two notations mean the same to the provider. Without it values are compared as Terraform compares. */
  readonly sameMeaning?: (a: Value, b: Value) => boolean;
  /** Kept so that older configurations still read it; shown nowhere. */
  readonly legacy?: boolean;
}

export interface BlockSchema extends BlockContents {
  readonly nesting: 'single' | 'list' | 'set' | 'map';
  readonly minItems?: number;
  /** 0 or absent: any number. */
  readonly maxItems?: number;
  /** Omitted blocks are decided by the provider: unknown in a create plan. */
  readonly computed?: boolean;
  readonly change?: ChangeMode;
  readonly deprecated?: string;
  readonly description: string;
}
