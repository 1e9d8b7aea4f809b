/**
 * The syntax tree of HCL native syntax and of its JSON form. Every node is a `Range`, so a diagnostic can point at any
 * of them. The tree knows nothing of values, schemas or what a name means.
 */
import type { Range } from '../diag/source.ts';

// ---- Structure -------------------------------------------------------------------------------------------------

export interface Body extends Range {
  readonly kind: 'body';
  /** By name, in source order. A name that is set twice is a diagnostic of the parser; the first stays. */
  readonly attributes: ReadonlyMap<string, Attribute>;
  /** In source order. */
  readonly blocks: readonly Block[];
  /** Place to name when something is missing: the opening brace, or the first token of a file. */
  readonly missingItem: Range;
  /**
   * Set for a body read from .tf.json, whose properties can only be told apart as attributes or blocks by the schema
   * that reads them: `attributes` then holds every property and `blocks` is empty; `json.ts` gives the blocks of a name.
   */
  readonly json?: true;
}

export interface Attribute extends Range {
  readonly kind: 'attribute';
  readonly name: string;
  readonly nameRange: Range;
  readonly value: Expression;
}

export interface Block extends Range {
  readonly kind: 'block';
  readonly type: string;
  readonly typeRange: Range;
  readonly labels: readonly Label[];
  readonly body: Body;
  /** `type "label" "label"` without the brace: what most diagnostics about a block underline. */
  readonly header: Range;
}

export interface Label extends Range {
  readonly value: string;
}

// ---- Expressions -----------------------------------------------------------------------------------------------

export type Expression =
  | LiteralExpression
  | TemplateExpression
  | TemplateWrapExpression
  | TupleExpression
  | ObjectExpression
  | ForExpression
  | CallExpression
  | ConditionalExpression
  | BinaryExpression
  | UnaryExpression
  | TraversalExpression
  | RelativeTraversalExpression
  | IndexExpression
  | SplatExpression
  | ParenthesesExpression
  | JsonExpression
  | InvalidExpression;

/** A number keeps its digits, since what they mean is decided by `core/value`. */
export interface LiteralExpression extends Range {
  readonly kind: 'literal';
  readonly literal:
    | { readonly type: 'number'; readonly text: string }
    | { readonly type: 'bool'; readonly value: boolean }
    | { readonly type: 'null' };
}

/** A quoted string or heredoc. One without any part is the empty string; one with only text parts is a constant. */
export interface TemplateExpression extends Range {
  readonly kind: 'template';
  readonly parts: readonly TemplatePart[];
  /** True for a heredoc, whose text keeps backslashes. */
  readonly heredoc: boolean;
}

/** `"${x}"` alone: the value of x, unconverted. */
export interface TemplateWrapExpression extends Range {
  readonly kind: 'template-wrap';
  readonly wrapped: Expression;
}

export type TemplatePart = TemplateText | TemplateInterpolation | TemplateIf | TemplateFor;

/** Text after escapes, `~` trims and heredoc indentation have been applied. */
export interface TemplateText extends Range {
  readonly kind: 'text';
  readonly value: string;
}

export interface TemplateInterpolation extends Range {
  readonly kind: 'interpolation';
  readonly expression: Expression;
}

/** `%{ if c }...%{ else }...%{ endif }` */
export interface TemplateIf extends Range {
  readonly kind: 'if';
  readonly condition: Expression;
  readonly consequent: readonly TemplatePart[];
  readonly alternate: readonly TemplatePart[];
}

/** `%{ for k, v in c }...%{ endfor }` */
export interface TemplateFor extends Range {
  readonly kind: 'for';
  readonly key: Name | undefined;
  readonly value: Name;
  readonly collection: Expression;
  readonly body: readonly TemplatePart[];
}

export interface Name extends Range {
  readonly name: string;
}

export interface TupleExpression extends Range {
  readonly kind: 'tuple';
  readonly elements: readonly Expression[];
}

export interface ObjectExpression extends Range {
  readonly kind: 'object';
  readonly items: readonly ObjectItem[];
}

/**
 * A key that is a bare name is that name (`keyName` set); one in parentheses or with more to it is an expression.
 * `key` is always present: for a bare name it is the one-step traversal of that name.
 */
export interface ObjectItem extends Range {
  readonly keyName: string | undefined;
  readonly key: Expression;
  readonly value: Expression;
}

/** `[for k, v in c : r if t]` (key undefined in `result`) or `{for k, v in c : rk => rv... if t}`. */
export interface ForExpression extends Range {
  readonly kind: 'for';
  readonly brackets: 'tuple' | 'object';
  readonly key: Name | undefined;
  readonly value: Name;
  readonly collection: Expression;
  readonly resultKey: Expression | undefined;
  readonly result: Expression;
  readonly grouping: boolean;
  readonly condition: Expression | undefined;
}

export interface CallExpression extends Range {
  readonly kind: 'call';
  /** With its namespaces: `provider::aws::f`. */
  readonly name: string;
  readonly nameRange: Range;
  readonly args: readonly Expression[];
  /** The last argument is followed by `...`. */
  readonly expandFinal: boolean;
  readonly openParen: Range;
  readonly closeParen: Range;
}

export interface ConditionalExpression extends Range {
  readonly kind: 'conditional';
  readonly condition: Expression;
  readonly consequent: Expression;
  readonly alternate: Expression;
}

export type BinaryOperator = '||' | '&&' | '==' | '!=' | '<' | '>' | '<=' | '>=' | '+' | '-' | '*' | '/' | '%';

export interface BinaryExpression extends Range {
  readonly kind: 'binary';
  readonly operator: BinaryOperator;
  readonly operatorRange: Range;
  readonly left: Expression;
  readonly right: Expression;
}

export interface UnaryExpression extends Range {
  readonly kind: 'unary';
  readonly operator: '-' | '!';
  readonly operand: Expression;
}

export type TraversalStep =
  | ({ readonly kind: 'attribute'; readonly name: string } & Range)
  /** A constant index: a string, or the digits of a number. `legacy` marks `.0`. */
  | ({ readonly kind: 'index'; readonly key: string | number; readonly legacy: boolean } & Range);

/** A name and constant steps: `var.a["b"].c`. What references are made of. */
export interface TraversalExpression extends Range {
  readonly kind: 'traversal';
  readonly root: Name;
  readonly steps: readonly TraversalStep[];
}

/** Constant steps on something that is not a name: `f().a[0]`. */
export interface RelativeTraversalExpression extends Range {
  readonly kind: 'relative-traversal';
  readonly source: Expression;
  readonly steps: readonly TraversalStep[];
}

/** An index that has to be evaluated: `a[var.i]`. */
export interface IndexExpression extends Range {
  readonly kind: 'index';
  readonly collection: Expression;
  readonly index: Expression;
  readonly openBracket: Range;
}

/**
 * `source[*].steps` (full) or `source.*.steps` (attribute-only). `each` is evaluated once per element with the element
 * in the place of its innermost `SplatItem`: steps after a full splat, and after an attribute-only one only attribute steps.
 */
export interface SplatExpression extends Range {
  readonly kind: 'splat';
  readonly source: Expression;
  readonly full: boolean;
  /** Steps and indexes applied to every element, in order. */
  readonly each: readonly SplatStep[];
  readonly marker: Range;
}

export type SplatStep =
  | TraversalStep
  | ({ readonly kind: 'dynamic-index'; readonly index: Expression } & Range)
  | SplatStepNested;

/** A splat on what the steps before it gave: `[*].b` in `a[*].b[*].c` is `.b` and a nested splat of `.c`. */
export interface SplatStepNested extends Range {
  readonly kind: 'nested-splat';
  readonly full: boolean;
  readonly each: readonly SplatStep[];
  readonly marker: Range;
}

export interface ParenthesesExpression extends Range {
  readonly kind: 'parentheses';
  readonly inner: Expression;
}

/** A JSON value of a .tf.json file: strings are templates when evaluated, objects and arrays are evaluated in depth. */
export interface JsonExpression extends Range {
  readonly kind: 'json';
  readonly json: JsonNode;
}

export type JsonNode =
  /** `invalid` marks the place of a value that could not be read, for which there is a diagnostic. */
  | ({ readonly kind: 'null'; readonly invalid?: true } & Range)
  | ({ readonly kind: 'bool'; readonly value: boolean } & Range)
  | ({ readonly kind: 'number'; readonly text: string } & Range)
  /** Decoded. It is parsed as a template when the expression is first evaluated or searched for references. */
  | ({ readonly kind: 'string'; readonly value: string } & Range)
  | ({ readonly kind: 'array'; readonly items: readonly JsonNode[] } & Range)
  | ({ readonly kind: 'object'; readonly members: readonly JsonMember[] } & Range);

export interface JsonMember extends Range {
  readonly name: string;
  readonly nameRange: Range;
  readonly value: JsonNode;
}

/** Stands where the parser has already reported an error; evaluating it gives an unknown value and no second error. */
export interface InvalidExpression extends Range {
  readonly kind: 'invalid';
}
