import { expect, it } from 'vitest';
import type { Telemetry } from '../telemetry.ts';

/**
 * What every Telemetry promises, read where its figures end up: `read` resolves to lines as Prometheus writes them, whatever
 * the way there.
 */
export function telemetryContract(
  open: () => Telemetry,
  read: (telemetry: Telemetry) => Promise<readonly string[]>,
): void {
  it('adds the prefix to names and sums counters by label', async () => {
    const telemetry = open();
    const sent = telemetry.counter('sent_total', 'What was sent', ['channel']);
    sent.add(2, { channel: 'in_app' });
    sent.add(3, { channel: 'in_app' });
    sent.add(1, { channel: 'email' });
    const lines = await read(telemetry);
    expect(lines).toContain('# HELP pulsestack_sent_total What was sent');
    expect(lines).toContain('# TYPE pulsestack_sent_total counter');
    expect(lines).toContain('pulsestack_sent_total{channel="in_app"} 5');
    expect(lines).toContain('pulsestack_sent_total{channel="email"} 1');
  });

  it('gives two rooms that ask for one name the same instrument', async () => {
    const telemetry = open();
    telemetry.counter('shared_total', 'Shared').add(1);
    telemetry.counter('shared_total', 'Shared').add(1);
    expect(await read(telemetry)).toContain('pulsestack_shared_total 2');
  });

  it('reads figures with labels that are kept elsewhere', async () => {
    const telemetry = open();
    const ended = { drain: 2, stalled: 1 };
    telemetry.read('counter', 'ended_total', 'Ended', ['reason'], () =>
      Object.entries(ended).map(([reason, value]) => ({ labels: { reason }, value })),
    );
    telemetry.read('gauge', 'level', 'Level', [], () => [{ value: ended.drain }]);
    await read(telemetry);
    ended.drain = 5;
    const lines = await read(telemetry);
    expect(lines).toContain('# TYPE pulsestack_ended_total counter');
    expect(lines).toContain('pulsestack_ended_total{reason="drain"} 5');
    expect(lines).toContain('pulsestack_ended_total{reason="stalled"} 1');
    expect(lines).toContain('# TYPE pulsestack_level gauge');
    expect(lines).toContain('pulsestack_level 5');
  });

  it('reads a gauge when it is asked', async () => {
    const telemetry = open();
    let current = 1;
    telemetry.gauge('open', 'Open now', () => current);
    current = 7;
    expect(await read(telemetry)).toContain('pulsestack_open 7');
  });

  it('counts durations in buckets of seconds, by label', async () => {
    const telemetry = open();
    const work = telemetry.histogram('work_seconds', 'Time', ['job'], [0.1, 1]);
    for (const seconds of [0.5, 0.25, 4]) work.observe(seconds, { job: 'mail' });
    work.observe(0.0625, { job: 'push' });
    const lines = await read(telemetry);
    expect(lines).toContain('# TYPE pulsestack_work_seconds histogram');
    expect(lines).toContain('pulsestack_work_seconds_bucket{le="0.1",job="mail"} 0');
    expect(lines).toContain('pulsestack_work_seconds_bucket{le="1",job="mail"} 2');
    expect(lines).toContain('pulsestack_work_seconds_bucket{le="+Inf",job="mail"} 3');
    expect(lines).toContain('pulsestack_work_seconds_sum{job="mail"} 4.75');
    expect(lines).toContain('pulsestack_work_seconds_count{job="mail"} 3');
    expect(lines).toContain('pulsestack_work_seconds_bucket{le="0.1",job="push"} 1');
  });
}
