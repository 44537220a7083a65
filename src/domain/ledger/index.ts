export { applyBatch, type Outcome } from './apply';
export type { Entry } from './entry';
export { isSound } from './guard';
export { HoldState, isOverdue, type Attempt, type Hold, type HoldLine, type Line, type Receipt } from './hold';
export type * from './operation';
export type { Changes, Rows } from './rows';
