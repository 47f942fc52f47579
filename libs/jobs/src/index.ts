export { jobIdOf, JobIdNotUsable } from './job-id.js';
export { QueueBackend } from './queue-backend.js';
export {
  Jobs,
  type JobHandler,
  type JobOptions,
  type JobQueue,
  type NewJob,
  type ProcessOptions,
  type Repetition,
  type RunningJob,
} from './jobs.js';
export {
  FailedJobNotFound,
  QueueAway,
  QueueNotHere,
  type FailedJob,
  type JobCounts,
  type QueueView,
} from './queue-view.js';
export { QueuesOfServices, type QueueOfService } from './queues-of-services.js';
export { JobsModule, openBackend } from './jobs.module.js';
