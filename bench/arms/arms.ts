import type { Arm } from './arm.js';
import { bullmq } from './bullmq.js';
import { oursAllInOne, oursPerMessage, oursSeparate } from './ours.js';
import { raw } from './raw.js';

export const ARMS: readonly Arm[] = [oursAllInOne, oursSeparate, oursPerMessage, raw, bullmq];
