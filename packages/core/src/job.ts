import { z } from 'zod';
import { idSchema } from './ids.ts';
import { Instant } from './text.ts';

export const JOB_STATES = ['scheduled', 'ready', 'running', 'dead'] as const;
export const JobState = z.enum(JOB_STATES).meta({
  description:
    'Waits for its time, waits for a worker, is being worked at, or has failed too often. What is done is gone.',
});
export type JobState = z.infer<typeof JobState>;

export const JobId = idSchema('job');

/** Such as `inbox.fanOut`. */
export const JobName = z
  .string()
  .regex(/^[a-z][\w.-]{0,99}$/i, 'must be the name of a job such as inbox.fanOut')
  .meta({ description: 'Name of the job', examples: ['inbox.fanOut'] });

export const Job = z
  .object({
    id: JobId,
    name: z.string(),
    state: JobState,
    attempts: z.number().int().meta({ description: 'Tries so far' }),
    maxAttempts: z.number().int(),
    runAt: Instant.meta({ description: 'When it is due, or has become ready' }),
    createdAt: Instant,
    error: z.string().nullable().meta({ description: 'Why the last try failed' }),
    progress: z
      .object({ done: z.number(), total: z.number().nullable() })
      .nullable()
      .meta({ description: 'How far a job over many users has come' }),
  })
  .meta({ id: 'Job', description: 'Background work' });
export type Job = z.infer<typeof Job>;

export const JobDetails = Job.extend({
  data: z.json().meta({ description: 'What it works on; what looks like a secret is hidden' }),
  failures: z
    .array(z.object({ attempt: z.number().int(), at: Instant, error: z.string() }))
    .meta({ description: 'The last ten failed tries, the oldest first' }),
  key: z.string().nullable(),
  correlationId: z.string(),
  leasedUntil: Instant.nullable(),
}).meta({ id: 'JobDetails' });
export type JobDetails = z.infer<typeof JobDetails>;

export const JobStats = z
  .object({
    items: z.array(z.object({ name: z.string(), state: JobState, count: z.number().int() })),
    exact: z.boolean().meta({ description: 'False when a state holds more than are counted (10,000)' }),
    oldestReadySeconds: z.number().nullable().meta({ description: 'How long the oldest ready job has been waiting' }),
  })
  .meta({ id: 'JobStats' });
export type JobStats = z.infer<typeof JobStats>;
