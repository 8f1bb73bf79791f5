import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { eventually } from '@pulsestack/testing';
import { expect, it } from 'vitest';
import { type SmtpSink, startSmtpSink } from '../../channels/testing/smtp-sink.ts';
import type { SendingOptions } from '../../testing/delivery/sending-process.ts';
import { testSettings } from '../../testing/index.ts';

const CRASHES = 2;

/** Runs a sending process until `until` says it is time to kill it. */
async function run(options: SendingOptions, until: (said: string[]) => boolean): Promise<string[]> {
  const script = new URL('../../testing/delivery/sending-process.ts', import.meta.url).pathname;
  const child = spawn(process.execPath, ['--conditions=source', script, JSON.stringify(options)], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const said: string[] = [];
  let complaint = '';
  child.stderr.on('data', (text) => (complaint += text));
  const lines = createInterface({ input: child.stdout });
  lines.on('line', (line) => said.push(line));
  const read = once(lines, 'close');
  const exited = once(child, 'exit');
  try {
    await eventually(
      'the moment to kill the process',
      () => {
        if (child.exitCode !== null) throw new Error(`the process ended by itself: ${complaint}`);
        return until(said);
      },
      50_000,
    );
  } finally {
    child.kill('SIGKILL');
    await exited;
    await read;
  }
  return said;
}

it('hands over every message that was acknowledged, at most once more for each crash, always as the same mail', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'pulsestack-sending-'));
  const sink: SmtpSink = await startSmtpSink({ delayMs: 15 });
  const acknowledged = new Set<string>();
  let options: SendingOptions = {
    database: { directory },
    smtpUrl: sink.url,
    messages: 60,
    settings: testSettings,
  };
  try {
    for (let crash = 0; crash < CRASHES; crash++) {
      const before = sink.arrived.length;
      // In the middle of it: some have arrived, others are on their way, others wait.
      const said = await run(options, () => sink.arrived.length >= before + 20);
      const workspaceId = said[0]?.split(' ')[1];
      if (workspaceId) options = { ...options, workspaceId };
      for (const line of said) if (line.startsWith('acknowledged ')) acknowledged.add(line.slice(13));
    }
    const arrivals = () => {
      const counts = new Map<string, number>();
      for (const mail of sink.arrived) counts.set(mail.subject ?? '', (counts.get(mail.subject ?? '') ?? 0) + 1);
      return counts;
    };
    await run({ ...options, messages: 0 }, () => [...acknowledged].every((id) => arrivals().has(id)));
    expect(acknowledged.size).toBeGreaterThan(40);
    for (const [id, count] of arrivals()) expect(count, id).toBeLessThanOrEqual(1 + CRASHES);
    const repeated = [...arrivals().values()].reduce((sum, count) => sum + count - 1, 0);
    // What a crash repeats is what was on its way at that moment, and no more fits on the way than there are connections.
    expect(repeated).toBeLessThanOrEqual(CRASHES * 16 * 2);
    for (const mail of sink.arrived) expect(mail.messageId).toBe(`<${mail.subject}@acme.example>`);
  } finally {
    await sink.close();
    rmSync(directory, { recursive: true, force: true });
  }
}, 120_000);
