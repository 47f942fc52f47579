import { createRequire } from 'node:module';

interface RequestQueue {
  throttledUntil: number;
  throttleCheckTimeoutId: NodeJS.Timeout | null;
  pending: unknown[];
  scheduleCheckPendingRequests(): void;
}

let patched = false;

/**
 * kafkajs 2.2.4 asks every connection about once a millisecond whether a request is waiting, for ever: 3 % of a core per
 * idle process (tulios/kafkajs#1704, #1751, unmerged #1768). A timer is only needed while something waits or is throttled;
 * a request that waits for a free slot is sent when another one is answered.
 */
export function patchIdleTimer(): void {
  if (patched) return;
  const require = createRequire(import.meta.url);
  const queue = require('kafkajs/src/network/requestQueue/index.js') as { prototype: RequestQueue };
  const original = queue.prototype.scheduleCheckPendingRequests;
  if (typeof original !== 'function') {
    throw new Error('kafkajs has changed inside: the idle-timer patch no longer fits, check libs/messaging');
  }
  queue.prototype.scheduleCheckPendingRequests = function (this: RequestQueue) {
    if (this.pending.length > 0 || this.throttledUntil > Date.now()) original.call(this);
  };
  patched = true;
}
