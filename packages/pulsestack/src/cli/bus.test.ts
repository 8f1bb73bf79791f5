import { describe, expect, it } from 'vitest';
import { ConfigError, loadConfig } from '../config.ts';
import { silentLog } from '../ports/log.ts';
import { openBus } from './bus.ts';
import { settingsOf } from './open.ts';

const problemsOf = async (work: () => unknown) => {
  try {
    await work();
  } catch (error) {
    if (error instanceof ConfigError) return error.problems.join('\n');
    throw error;
  }
  return '';
};

describe('BUS_URL', () => {
  it.each([
    'kafka://',
    'kafka://broker',
    'kafka:9092',
    'amqp://broker:5672',
    'kafka://b:9092?mechanism=md5',
    'nats://',
  ])('%s is refused with what is wrong, and without showing a password', async (url) => {
    const problems = await problemsOf(() => loadConfig({ BUS_URL: url }));
    expect(problems).toContain('BUS_URL (hidden) is not usable');
    expect(problems).toContain('kafka://host:9092');
  });

  it.each([
    ['kafka://127.0.0.1:1', 'Kafka does not answer at 127.0.0.1:1'],
    ['nats://secret:password@127.0.0.1:1', 'NATS does not answer at 127.0.0.1:1'],
  ])('%s stops the start when nobody answers', async (url, sentence) => {
    const problems = await problemsOf(() => openBus(loadConfig({ BUS_URL: url }), silentLog));
    expect(problems).toContain(sentence);
    expect(problems).toContain('leave it out');
    expect(problems).not.toContain('password');
  });

  it('that is not set leaves topics within the process, and nothing common', async () => {
    const config = loadConfig({});
    expect(await openBus(config, silentLog)).toBeUndefined();
    expect(settingsOf(config, 'http://localhost').bus).toEqual({ topic: null, allowedTopics: ['{workspace}.*'] });
    const other = loadConfig({ BUS_URL: 'nats://bus:4222', PULSESTACK_BUS_TOPIC: 'none' });
    expect(settingsOf(other, 'http://localhost').bus.topic).toBeNull();
  });
});
