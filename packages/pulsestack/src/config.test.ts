import { describe, expect, it } from 'vitest';
import { ConfigError, loadConfig, SETTINGS } from './config.ts';

const secret = 'a'.repeat(48);
const problemsOf = (env: Record<string, string>): readonly string[] => {
  try {
    loadConfig(env);
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
};

describe('settings', () => {
  it('need nothing at all for development on this machine', () => {
    const config = loadConfig({});
    expect([config.PORT, config.HOST, config.development, config.PULSESTACK_DATA_DIR]).toEqual([
      4000,
      '127.0.0.1',
      true,
      '.pulsestack',
    ]);
  });

  it('leaves alone what an application beside it calls its own', () => {
    const beside = { PULSESTACK_KEY: 'sk_x', PULSESTACK_ENDPOINT_SECRET: 'whsec_x' };
    expect(loadConfig(beside)).toEqual(loadConfig({}));
  });

  it.each([
    [{ PORT: 'eighty' }, /^PORT "eighty" is not usable/],
    [{ PORT: '70000' }, /^PORT "70000" is not usable/],
    [{ DATABASE_URL: 'mysql://x' }, /^DATABASE_URL "mysql:\/\/x" is not usable.*PostgreSQL/],
    [{ PULSESTACK_SECRET: 'short' }, /^PULSESTACK_SECRET \(hidden\) is not usable/],
    [{ PULSESTACK_DATADIR: 'x' }, /^PULSESTACK_DATADIR is not a setting.*Did you mean PULSESTACK_DATA_DIR\?/],
    [{ PULSESTACK_ROLE: 'worker' }, /DATABASE_URL is required/],
    [{ PULSESTACK_ROLE: 'boss' }, /^PULSESTACK_ROLE "boss" is not usable/],
    [{ REDIS_URL: 'http://cache' }, /^REDIS_URL \(hidden\) is not usable/],
    [{ PULSESTACK_AZURE_WEB_PUBSUB: 'short' }, /^PULSESTACK_AZURE_WEB_PUBSUB \(hidden\) is not usable/],
    [{ PULSESTACK_BACKPLANE: 'postgres' }, /^PULSESTACK_BACKPLANE is postgres.*DATABASE_URL is required/],
    [
      { PULSESTACK_BACKPLANE: 'redis', DATABASE_URL: 'postgres://db/x' },
      /^PULSESTACK_BACKPLANE is redis, so REDIS_URL is required/,
    ],
    [{ OTEL_EXPORTER_OTLP_ENDPOINT: 'collector:4317' }, /^OTEL_EXPORTER_OTLP_ENDPOINT "collector:4317" is not usable/],
    [{ OTEL_EXPORTER_OTLP_HEADERS: 'short' }, /^OTEL_EXPORTER_OTLP_HEADERS \(hidden\) is not usable: it must be name=/],
    [{ OTEL_EXPORTER_OTLP_HEADERS: 'a=100%' }, /^OTEL_EXPORTER_OTLP_HEADERS \(hidden\) is not usable: a % /],
    [{ OTEL_METRIC_EXPORT_INTERVAL: '5' }, /^OTEL_METRIC_EXPORT_INTERVAL "5" is not usable/],
    [{ LOG_LEVEL: 'loud' }, /^LOG_LEVEL "loud" is not usable/],
  ])('%j stops the start with a sentence that names it', (env, sentence) => {
    const problems = problemsOf(env);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(sentence);
    expect(problems[0]).not.toContain('short');
  });

  it('reads the headers for a collector as OpenTelemetry writes them', () => {
    const { OTEL_EXPORTER_OTLP_HEADERS: headers } = loadConfig({
      OTEL_EXPORTER_OTLP_HEADERS: 'authorization=Bearer%20a==, x-tenant=one',
    });
    expect(headers).toEqual({ authorization: 'Bearer a==', 'x-tenant': 'one' });
  });

  it('reports everything that is wrong at once', () => {
    expect(problemsOf({ PORT: 'x', LOG_LEVEL: 'y', PULSESTACK_NOPE: 'z' })).toHaveLength(3);
  });

  it.each([{ NODE_ENV: 'production' }, { HOST: '0.0.0.0' }, { HOST: '192.168.1.5' }] as Record<string, string>[])(
    '%j has no development conveniences and asks for its secrets by name',
    (env) => {
      const problems = problemsOf({ ...env, PULSESTACK_DEV_KEY: 'sk_dev_0123456789' });
      expect(problems.map((problem) => /PULSESTACK_\w+/.exec(problem)?.[0])).toEqual([
        'PULSESTACK_SECRET',
        'PULSESTACK_PUBLIC_URL',
        'PULSESTACK_DEV_KEY',
      ]);
      expect(
        loadConfig({ ...env, PULSESTACK_SECRET: secret, PULSESTACK_PUBLIC_URL: 'https://notify.example.com' })
          .development,
      ).toBe(false);
    },
  );

  it('takes an empty variable as not set', () => {
    expect(loadConfig({ DATABASE_URL: '', PORT: '' }).PORT).toBe(4000);
  });

  it('all say what they are for', () => {
    for (const [name, setting] of Object.entries(SETTINGS)) expect(setting.help.length, name).toBeGreaterThan(20);
  });
});
