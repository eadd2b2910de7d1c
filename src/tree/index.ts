export type * from './desired.ts';
