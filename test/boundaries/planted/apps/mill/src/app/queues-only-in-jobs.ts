import type { Queue } from 'bullmq';
export type Work = Queue;
