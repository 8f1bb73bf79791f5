import type { AddressInfo } from 'node:net';
import PostalMime, { type Email } from 'postal-mime';
import { SMTPServer } from 'smtp-server';

export interface Arrived extends Email {
  envelope: { from: string; to: string[] };
  raw: string;
}

export interface SmtpSink {
  url: string;
  arrived: Arrived[];
  /** How many mails have been taken, also when `keep` is false. */
  taken(): number;
  /** Answers to the next commands, the first one first: an error with its code refuses, null takes. */
  script: { at: 'rcpt' | 'data' | 'auth'; code: number; text: string }[];
  close(): Promise<void>;
}

/** A real SMTP server that takes everything, except what its script says. */
export async function startSmtpSink(
  options: { user?: string; password?: string; delayMs?: number; keep?: boolean; port?: number } = {},
): Promise<SmtpSink> {
  const arrived: Arrived[] = [];
  const script: SmtpSink['script'] = [];
  let taken = 0;
  const next = (at: 'rcpt' | 'data' | 'auth') => {
    if (script[0]?.at !== at) return null;
    const { code, text } = script.shift() as SmtpSink['script'][number];
    return Object.assign(new Error(text), { responseCode: code });
  };
  const server = new SMTPServer({
    disabledCommands: options.user ? ['STARTTLS'] : ['STARTTLS', 'AUTH'],
    allowInsecureAuth: true,
    authOptional: !options.user,
    disableReverseLookup: true,
    onAuth(auth, _session, done) {
      const scripted = next('auth');
      if (scripted) return done(scripted);
      if (auth.username === options.user && auth.password === options.password)
        return done(null, { user: auth.username });
      done(Object.assign(new Error(`5.7.8 bad credentials for ${auth.password}`), { responseCode: 535 }));
    },
    onRcptTo: (_address, _session, done) => done(next('rcpt')),
    onData(stream, session, done) {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => options.keep !== false && chunks.push(chunk));
      stream.on('end', async () => {
        const scripted = next('data');
        if (scripted) return done(scripted);
        if (options.delayMs) await new Promise((settle) => setTimeout(settle, options.delayMs));
        taken++;
        if (options.keep !== false) {
          const raw = Buffer.concat(chunks);
          const { mailFrom, rcptTo } = session.envelope;
          const envelope = { from: mailFrom ? mailFrom.address : '', to: rcptTo.map((one) => one.address) };
          arrived.push({ ...(await PostalMime.parse(raw)), envelope, raw: raw.toString('utf8') });
        }
        done(null);
      });
    },
  });
  server.on('error', () => undefined);
  await new Promise<void>((settle) => server.listen(options.port ?? 0, '127.0.0.1', settle));
  const { port } = server.server.address() as AddressInfo;
  const login = options.user ? `${options.user}:${encodeURIComponent(options.password ?? '')}@` : '';
  return {
    url: `smtp://${login}127.0.0.1:${port}`,
    arrived,
    taken: () => taken,
    script,
    close: () => new Promise((settle) => server.close(() => settle())),
  };
}
