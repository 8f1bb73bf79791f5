import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { median, report, round } from './machine.ts';
import { freshPlace } from './process.ts';

const SINK = fileURLToPath(new URL('./servers/mail-sink.ts', import.meta.url));
const SENDER = fileURLToPath(new URL('./servers/mail-sender.ts', import.meta.url));

interface Sent {
  seconds: number;
  rssEarlyMiB: number;
  rssLateMiB: number;
}

/** Queued e-mails handed to a local SMTP sink, with every result written, beside nodemailer alone with as many connections. */
export async function mail(options: { mails: number; rounds: number; only?: string }): Promise<void> {
  for (const kind of ['embedded', 'server'] as const) {
    if (options.only && options.only !== kind) continue;
    const plain: number[] = [];
    const product: number[] = [];
    let last: Sent | undefined;
    for (let round = 0; round < options.rounds; round++) {
      plain.push(await perMinute({ which: 'plain' }, options.mails, (sent) => void sent));
      const place = await freshPlace(kind);
      try {
        const { DATABASE_URL: url, PULSESTACK_DATA_DIR: directory } = place.env as Record<string, string | undefined>;
        const database = url ? { url } : { directory: `${directory}/database` };
        product.push(await perMinute({ which: 'product', database }, options.mails, (sent) => (last = sent)));
      } finally {
        await place.remove();
      }
    }
    report('mail', {
      database: kind,
      mails: options.mails,
      plainPerMinute: Math.round(median(plain)),
      sentPerMinute: Math.round(median(product)),
      ratio: round(median(product) / median(plain)),
      rssEarlyMiB: last?.rssEarlyMiB,
      rssLateMiB: last?.rssLateMiB,
      bar: 50_000,
    });
  }
}

async function perMinute(what: object, mails: number, tell: (sent: Sent) => void): Promise<number> {
  const sink = fork(SINK, { execArgv: ['--conditions=source'] });
  const [{ port }] = (await once(sink, 'message')) as [{ port: number }];
  const options = { ...what, smtpUrl: `smtp://127.0.0.1:${port}`, mails };
  const sender = fork(SENDER, [JSON.stringify(options)], { execArgv: ['--conditions=source'] });
  try {
    const [sent] = (await Promise.race([
      once(sender, 'message'),
      once(sender, 'exit').then(([code]) => {
        throw new Error(`the sender ended with ${code}`);
      }),
    ])) as [Sent];
    sink.send('how many');
    const [{ taken }] = (await once(sink, 'message')) as [{ taken: number }];
    if (taken !== mails) throw new Error(`${mails} mails were sent and ${taken} arrived`);
    tell(sent);
    return (mails / sent.seconds) * 60;
  } finally {
    sink.kill();
    sender.kill();
  }
}
