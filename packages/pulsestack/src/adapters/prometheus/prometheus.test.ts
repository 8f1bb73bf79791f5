import { describe } from 'vitest';
import { telemetryContract } from '../../ports/contracts/telemetry.ts';
import { createPrometheus } from './index.ts';

describe('telemetry for Prometheus', () => {
  telemetryContract(createPrometheus, async (telemetry) => (await telemetry.expose()).body.split('\n'));
});
