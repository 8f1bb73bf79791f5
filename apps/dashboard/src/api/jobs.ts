import type { Job, JobDetails, JobStats, Page } from '@pulsestack/core';
import type { Query } from './http.ts';
import { call } from './session.ts';

const job = (id: string) => `/v1/jobs/${encodeURIComponent(id)}`;

export const jobs = {
  list: (query: Query) => call<Page<Job>>('GET', '/v1/jobs', { query }),
  get: (id: string) => call<JobDetails>('GET', job(id)),
  stats: () => call<JobStats>('GET', '/v1/job-stats'),
  redrive: (id: string) => call<JobDetails>('POST', `${job(id)}/redrive`),
  redriveAll: (name: string | undefined) =>
    call<{ redriven: number; more: boolean }>('POST', '/v1/jobs/redrive', { body: name ? { name } : {} }),
  drop: (id: string) => call<void>('DELETE', job(id)),
};
