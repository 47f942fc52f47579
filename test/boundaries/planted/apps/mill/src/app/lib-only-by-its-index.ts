import { inner } from '../../../../libs/oven/src/inner.js';
export const reached = inner;
