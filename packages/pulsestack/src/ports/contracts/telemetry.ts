import { expect, it } from 'vitest';
import type { Telemetry } from '../telemetry.ts';

/** What every Telemetry promises, read from what it exposes. */
export function telemetryContract(open: () => Telemetry): void {
  it('adds the prefix to names and sums counters by label', async () => {
    const telemetry = open();
    const sent = telemetry.counter('sent_total', 'What was sent', ['channel']);
    sent.add(2, { channel: 'in_app' });
    sent.add(3, { channel: 'in_app' });
    expect((await telemetry.expose()).body).toContain('pulsestack_sent_total{channel="in_app"} 5');
  });

  it('gives two rooms that ask for one name the same instrument', async () => {
    const telemetry = open();
    telemetry.counter('shared_total', 'Shared').add(1);
    telemetry.counter('shared_total', 'Shared').add(1);
    expect((await telemetry.expose()).body).toContain('pulsestack_shared_total 2');
  });

  it('reads figures with labels that are kept elsewhere', async () => {
    const telemetry = open();
    const ended = { drain: 2, stalled: 1 };
    telemetry.read('counter', 'ended_total', 'Ended', ['reason'], () =>
      Object.entries(ended).map(([reason, value]) => ({ labels: { reason }, value })),
    );
    telemetry.read('gauge', 'level', 'Level', [], () => [{ value: ended.drain }]);
    await telemetry.expose();
    ended.drain = 5;
    const { body } = await telemetry.expose();
    expect(body).toContain('# TYPE pulsestack_ended_total counter');
    expect(body).toContain('pulsestack_ended_total{reason="drain"} 5');
    expect(body).toContain('pulsestack_ended_total{reason="stalled"} 1');
    expect(body).toContain('pulsestack_level 5');
  });

  it('reads a gauge when it is asked, and counts durations in buckets of seconds', async () => {
    const telemetry = open();
    let current = 1;
    telemetry.gauge('open', 'Open now', () => current);
    telemetry.histogram('work_seconds', 'Time', [], [0.1, 1]).observe(0.5);
    current = 7;
    const { body } = await telemetry.expose();
    expect(body).toContain('pulsestack_open 7');
    expect(body).toContain('pulsestack_work_seconds_bucket{le="0.1"} 0');
    expect(body).toContain('pulsestack_work_seconds_bucket{le="1"} 1');
  });
}
