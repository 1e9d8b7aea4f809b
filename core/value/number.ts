/** Placeholder replaced by the numbers room. */
export interface BigFloat {
  readonly kind: 'big-float';
}
