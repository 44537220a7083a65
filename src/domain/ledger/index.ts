export { applyBatch, type Outcome } from './apply';
export { coalesced, identityOf, joined } from './coalesce';
export type { Entry } from './entry';
export type { Figures, Happening } from './happening';
export { isSound } from './guard';
export { HoldState, isOverdue, type Attempt, type Hold, type HoldLine, type Line, type Receipt } from './hold';
export type * from './operation';
export type { Changes, Rows } from './rows';
