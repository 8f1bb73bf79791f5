import { feature } from '../../kernel/feature.ts';
import { operations } from './api/schedules.ts';
import { deliverPage } from './fire.ts';
import { ticks } from './jobs.ts';

/** What happens at a time: once or again and again, by one clock or by that of each user. */
export const schedules = feature({ name: 'schedules', operations, jobs: [deliverPage], ticks });
