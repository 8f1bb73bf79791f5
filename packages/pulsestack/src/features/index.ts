import type { Feature } from '../kernel/feature.ts';
import { accounts } from './accounts/index.ts';
import { audience } from './audience/index.ts';
import { catalog } from './catalog/index.ts';
import { delivery } from './delivery/index.ts';
import { inbox } from './inbox/index.ts';
import { ingest } from './ingest/index.ts';
import { jobs } from './jobs/index.ts';
import { preferences } from './preferences/index.ts';
import { schedules } from './schedules/index.ts';
import { streams } from './streams/index.ts';
import { templates } from './templates/index.ts';
import { workflows } from './workflows/index.ts';

/** The rooms in call order: each may call those before it, news travels to those after it by event. */
export const features: readonly Feature[] = [
  accounts,
  jobs,
  catalog,
  audience,
  templates,
  preferences,
  inbox,
  streams,
  delivery,
  workflows,
  schedules,
  ingest,
];
