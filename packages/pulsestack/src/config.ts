import { z } from 'zod';

/** One setting: the name of its environment variable, its type, and what it is for. The docs page and .env.example are made from this list. */
const bool = z.enum(['true', 'false', '1', '0']).transform((value) => value === 'true' || value === '1');
const int = (min: number, max: number) => z.coerce.number().int().min(min).max(max);
const list = z.string().transform((value) =>
  value
    .split(',')
    .map((part) => part.trim())
    .filter(Boolean),
);

export const BACKPLANES = ['auto', 'postgres', 'redis', 'nats', 'azure', 'none'] as const;
export const JOB_DRIVERS = ['auto', 'postgres', 'bullmq'] as const;
export const ROLES = ['all', 'api', 'realtime', 'worker'] as const;

export const SETTINGS = {
  NODE_ENV: {
    schema: z.enum(['development', 'production', 'test']).default('development'),
    help: 'In production the development conveniences do not exist and secrets are required.',
  },
  HOST: {
    schema: z.string().min(1).default('127.0.0.1'),
    help: 'Address to listen on. Anything but loopback requires the secrets of production.',
  },
  PORT: {
    schema: int(0, 65_535).default(4000),
    help: 'Port of everything: API, dashboard, streams. 0 picks a free one.',
  },
  PULSESTACK_ROLE: {
    schema: z.enum(ROLES).default('all'),
    help: 'Which part this process plays: all, api, realtime or worker. Roles other than all need DATABASE_URL.',
  },
  PULSESTACK_DATA_DIR: {
    schema: z.string().min(1).default('.pulsestack'),
    help: 'Directory of the embedded database and of generated development secrets.',
  },
  DATABASE_URL: {
    schema: z.url({ protocol: /^postgres(ql)?$/ }).optional(),
    help: 'A PostgreSQL server, version 15 or later. Without it the embedded database is used.',
  },
  REDIS_URL: {
    schema: z.url({ protocol: /^rediss?$/ }).optional(),
    help: 'A Redis or Valkey server, such as redis://user:password@host:6379, or any node of a cluster. Speeds up news between several processes; nothing is kept in it that would be missed.',
    secret: true,
  },
  NATS_URL: {
    schema: z.url({ protocol: /^(nats|tls)$/ }).optional(),
    help: 'A NATS server, such as nats://user:password@host:4222, for news between several processes.',
    secret: true,
  },
  PULSESTACK_AZURE_WEB_PUBSUB: {
    schema: z
      .string()
      .regex(/Endpoint=https?:\/\/[^;]+;.*AccessKey=[^;]+/i)
      .optional(),
    help: 'The connection string of an Azure Web PubSub resource (Endpoint=https://…;AccessKey=…;Version=1.0;), for news between several processes.',
    secret: true,
  },
  PULSESTACK_BACKPLANE: {
    schema: z.enum(BACKPLANES).default('auto'),
    help: 'How several processes tell each other of new events: postgres, redis, nats, azure, none, or auto (redis with REDIS_URL, else nats with NATS_URL, else postgres). When it fails, streams read the log more often and lose nothing.',
  },
  PULSESTACK_JOB_DRIVER: {
    schema: z.enum(JOB_DRIVERS).default('auto'),
    help: 'Who carries background work to the processes that do it: postgres (each claims its own), bullmq (over REDIS_URL, to whichever process is free), or auto (bullmq with REDIS_URL when its packages are installed). The database keeps every job in any case.',
  },
  BUS_URL: {
    schema: z
      .string()
      .regex(
        /^(kafka(\+ssl)?:\/\/([^:@/\s]+:[^@/\s]*@)?[^:/?#,@\s]+:\d+(,[^:/?#,@\s]+:\d+)*\/?(\?mechanism=(plain|scram-sha-256|scram-sha-512))?|(nats|tls):\/\/\S+)$/,
        'it must begin with kafka://, kafka+ssl://, nats:// or tls://, and name a host',
      )
      .optional(),
    help: 'The event bus: kafka://host:9092,host2:9092 (kafka+ssl for TLS, user:password@ for SASL, ?mechanism=scram-sha-512), or nats://user:password@host:4222 with JetStream. Without it topics live within the process.',
    secret: true,
  },
  PULSESTACK_BUS_TOPIC: {
    schema: z
      .string()
      .regex(/^[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*$/)
      .max(200)
      .default('pulsestack.events'),
    help: 'The topic that gets the events of every workspace as CloudEvents when BUS_URL is set; none for no such topic.',
  },
  PULSESTACK_BUS_ALLOWED_TOPICS: {
    schema: z
      .string()
      .default('{workspace}.*')
      .pipe(list)
      .pipe(
        z.array(
          z
            .string()
            .regex(
              /^(\{workspace\}|[A-Za-z0-9_.*-])+$/,
              'topics have letters, digits, dots, - and _; * stands for any of them',
            ),
        ),
      ),
    help: 'Which topics a workspace may listen to and publish on, separated by commas; {workspace} is its id and * anything. A pattern without {workspace} is shared by all workspaces.',
  },
  DATABASE_POOL_SIZE: { schema: int(2, 200).default(16), help: 'Connections this process opens to the database.' },
  PULSESTACK_PUBLIC_URL: {
    schema: z.url({ protocol: /^https?$/ }).optional(),
    help: 'The address people reach this installation at; links in mails and cookies depend on it. Default: http://localhost:PORT.',
  },
  PULSESTACK_SECRET: {
    schema: z.string().min(32).optional(),
    help: 'Master secret of at least 32 characters; encrypts stored secrets and digests keys. Make one with: openssl rand -base64 48',
    secret: true,
  },
  PULSESTACK_SECRET_PREVIOUS: {
    schema: list.pipe(z.array(z.string().min(32))).optional(),
    help: 'Former master secrets, separated by commas, while you rotate.',
    secret: true,
  },
  PULSESTACK_DEV_KEY: {
    schema: z
      .string()
      .regex(/^sk_[\x21-\x7e]{13,200}$/)
      .optional(),
    help: 'The development API key, when you want a fixed one. Must begin with sk_ and have at least 16 characters. Development only.',
    secret: true,
  },
  PULSESTACK_SIGN_UP: {
    schema: z.enum(['open', 'invited']).optional(),
    help: 'Who may create an account: anyone (open) or invited people only. Default: open in development, invited in production.',
  },
  PULSESTACK_ACCESS_TOKEN_MINUTES: { schema: int(1, 60).default(10), help: 'Life of a member access token.' },
  PULSESTACK_SESSION_DAYS: { schema: int(1, 365).default(30), help: 'Days after which a session without use ends.' },
  PULSESTACK_RETENTION_DAYS: {
    schema: int(1, 3650).default(90),
    help: 'Days that notifications, their receipts and audit lines are kept.',
  },
  PULSESTACK_STREAM_RETENTION_DAYS: { schema: int(1, 30).default(7), help: 'Days that a stream can be resumed from.' },
  PULSESTACK_CORS_ORIGINS: {
    schema: list.optional(),
    help: 'Origins of your web applications that call from the browser, separated by commas, or * for any (without cookies). Default: * in development, none in production.',
  },
  PULSESTACK_TRUST_PROXY: {
    schema: z.union([bool, z.string().min(1)]).default(false),
    help: 'Take the client address from X-Forwarded-For: true, or the addresses of your proxies.',
  },
  PULSESTACK_RATE_LIMIT_IP: {
    schema: int(1, 1_000_000).default(600),
    help: 'Requests a minute per IP address without credentials.',
  },
  PULSESTACK_RATE_LIMIT_KEY: {
    schema: int(1, 10_000_000).default(60_000),
    help: 'Requests a minute per API key, member or user.',
  },
  PULSESTACK_RATE_LIMIT_WORKSPACE: {
    schema: int(1, 100_000_000).default(600_000),
    help: 'Requests a minute per workspace.',
  },
  PULSESTACK_RATE_LIMIT_SIGN_IN: {
    schema: int(1, 100_000).default(20),
    help: 'Attempts a minute per IP address to sign in, sign up or reset a password.',
  },
  PULSESTACK_MAX_CONNECTIONS: {
    schema: int(1, 1_000_000).default(50_000),
    help: 'Open streams this process accepts before it asks clients to come back later.',
  },
  PULSESTACK_SMTP_URL: {
    schema: z.url({ protocol: /^smtps?$/ }).optional(),
    help: 'SMTP server for the mails of the product itself, such as smtp://user:password@host:587. Without it mails go to the development mailbox.',
    secret: true,
  },
  PULSESTACK_MAIL_FROM: {
    schema: z.string().min(3).default('PulseStack <pulsestack@localhost>'),
    help: 'Sender of the mails of the product itself.',
  },
  PULSESTACK_DEV_SMTP_PORT: {
    schema: int(0, 65_535).default(4025),
    help: 'Port of the development mailbox, an SMTP server on this machine that shows what it gets at /dev/mailbox. 0 picks a free one.',
  },
  PULSESTACK_ALLOW_PRIVATE_NETWORKS: {
    schema: bool.optional(),
    help: 'Let providers, webhooks and HTTP steps reach private addresses, such as a mail relay of your own. Default: true in development, false in production.',
  },
  PULSESTACK_METRICS_TOKEN: {
    schema: z.string().min(16).optional(),
    help: 'The bearer token of /metrics. Without it they are open to this machine in development, and closed in production.',
    secret: true,
  },
  OTEL_EXPORTER_OTLP_ENDPOINT: {
    schema: z.url({ protocol: /^https?$/ }).optional(),
    help: 'An OpenTelemetry collector that takes OTLP over HTTP, such as http://localhost:4318. It gets the figures of /metrics, at /v1/metrics below this address; traces are not sent.',
  },
  OTEL_EXPORTER_OTLP_HEADERS: {
    schema: z
      .string()
      .regex(/^\s*[\w-]+\s*=[^,]*(,\s*[\w-]+\s*=[^,]*)*$/, 'it must be name=value, several separated by commas')
      .transform((text, context) => {
        try {
          return Object.fromEntries(text.split(',').map(decodeHeader));
        } catch {
          context.addIssue('a % in a value must be written as %25');
          return z.NEVER;
        }
      })
      .optional(),
    help: 'Headers for the collector, such as authorization=Bearer%20abc; several are separated by commas, and values are percent-encoded.',
    secret: true,
  },
  OTEL_SERVICE_NAME: {
    schema: z.string().min(1).max(200).default('pulsestack'),
    help: 'What the collector calls this service.',
  },
  OTEL_METRIC_EXPORT_INTERVAL: {
    schema: int(1000, 3_600_000).default(60_000),
    help: 'Milliseconds between two exports to the collector.',
  },
  PULSESTACK_DRAIN_SECONDS: {
    schema: int(0, 600).default(10),
    help: 'Time that open requests and streams get to finish when the process is asked to stop.',
  },
  PULSESTACK_URL: {
    schema: z.url({ protocol: /^https?$/ }).default('http://localhost:4000'),
    help: 'The installation that commands such as generate, pull and push talk to.',
  },
  PULSESTACK_API_KEY: {
    schema: z.string().min(1).optional(),
    help: 'The API key of commands that talk to an installation.',
    secret: true,
  },
  LOG_LEVEL: {
    schema: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'silent']).optional(),
    help: 'How much is logged. Default: warn in development, info in production.',
  },
} as const satisfies Record<string, { schema: z.ZodType; help: string; secret?: boolean }>;

function decodeHeader(pair: string): [name: string, value: string] {
  const at = pair.indexOf('=');
  return [pair.slice(0, at).trim(), decodeURIComponent(pair.slice(at + 1).trim())];
}

export type SettingName = keyof typeof SETTINGS;
export type Config = { [Name in SettingName]: z.output<(typeof SETTINGS)[Name]['schema']> } & {
  development: boolean;
};

/** Something about the settings that keeps the product from starting; each problem is a sentence with its remedy. */
export class ConfigError extends Error {
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(problems.join('\n'));
    this.name = 'ConfigError';
    this.problems = problems;
  }
}

const LOOPBACK = new Set(['127.0.0.1', 'localhost', '::1']);

/** What the guides have applications call theirs; a shell or an .env file often serves both. */
const OF_APPLICATIONS = new Set(['PULSESTACK_KEY', 'PULSESTACK_ENDPOINT_SECRET']);

/** Reads the settings. Wrong values, unknown PULSESTACK_ names and combinations that cannot work are all reported at once. */
export function loadConfig(env: Record<string, string | undefined> = process.env): Config {
  const problems: string[] = [];
  const values: Record<string, unknown> = {};
  for (const [name, setting] of Object.entries(SETTINGS)) {
    // An empty variable is how shells and Compose files say "not set".
    const given = env[name] === '' ? undefined : env[name];
    const result = setting.schema.safeParse(given);
    if (result.success) values[name] = result.data;
    else
      problems.push(
        `${name} ${describeValue(given, setting)} is not usable: ${result.error.issues[0]?.message ?? 'invalid'}. ${setting.help}`,
      );
  }
  for (const name of Object.keys(env)) {
    if (name.startsWith('PULSESTACK_') && !(name in SETTINGS) && !OF_APPLICATIONS.has(name))
      problems.push(`${name} is not a setting of PulseStack.${suggest(name)}`);
  }
  if (problems.length > 0) throw new ConfigError(problems);

  const config = values as Config;
  config.development = config.NODE_ENV !== 'production' && LOOPBACK.has(config.HOST);
  problems.push(...checkTogether(config));
  if (problems.length > 0) throw new ConfigError(problems);
  return config;
}

/** The environment with what the command line says on top. */
export function withEnvironment(overrides: Record<string, string | undefined>): Record<string, string | undefined> {
  const given = Object.entries(overrides).filter(([, value]) => value !== undefined);
  return { ...process.env, ...Object.fromEntries(given) };
}

function checkTogether(config: Config): string[] {
  const problems: string[] = [];
  const where =
    config.NODE_ENV === 'production' ? 'NODE_ENV is production' : `HOST is ${config.HOST}, which others can reach`;
  if (!config.development) {
    if (!config.PULSESTACK_SECRET)
      problems.push(`${where}, so PULSESTACK_SECRET is required. Make one with: openssl rand -base64 48`);
    if (!config.PULSESTACK_PUBLIC_URL)
      problems.push(
        `${where}, so PULSESTACK_PUBLIC_URL is required: the address people reach this installation at, such as https://notify.example.com`,
      );
    if (config.PULSESTACK_DEV_KEY)
      problems.push(`${where}, so PULSESTACK_DEV_KEY must not be set. Create API keys in the dashboard instead.`);
  }
  if (config.PULSESTACK_ROLE !== 'all' && !config.DATABASE_URL) {
    problems.push(
      `PULSESTACK_ROLE is ${config.PULSESTACK_ROLE}, which shares its database with other processes, so DATABASE_URL is required; or use PULSESTACK_ROLE=all.`,
    );
  }
  const backplane = config.PULSESTACK_BACKPLANE;
  if (backplane !== 'auto' && backplane !== 'none' && !config.DATABASE_URL) {
    problems.push(
      `PULSESTACK_BACKPLANE is ${backplane}, which joins several processes on one database, so DATABASE_URL is required; or leave it out.`,
    );
  }
  const needed = ({ redis: 'REDIS_URL', nats: 'NATS_URL', azure: 'PULSESTACK_AZURE_WEB_PUBSUB' } as const)[
    backplane as 'redis'
  ];
  if (needed && !config[needed]) problems.push(`PULSESTACK_BACKPLANE is ${backplane}, so ${needed} is required.`);
  if (config.PULSESTACK_JOB_DRIVER === 'bullmq' && !config.REDIS_URL)
    problems.push('PULSESTACK_JOB_DRIVER is bullmq, so REDIS_URL is required; or set PULSESTACK_JOB_DRIVER=auto.');
  return problems;
}

function describeValue(value: string | undefined, setting: object): string {
  if (value === undefined) return '(not set)';
  return 'secret' in setting ? '(hidden)' : `"${value.slice(0, 60)}"`;
}

function suggest(name: string): string {
  const near = Object.keys(SETTINGS)
    .map((known) => ({ known, distance: editDistance(name, known) }))
    .sort((a, b) => a.distance - b.distance)[0];
  return near && near.distance <= 4
    ? ` Did you mean ${near.known}?`
    : ' Remove it, or see the list of settings in docs/reference/settings.md.';
}

function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      next[j] = Math.min(
        (row[j] ?? 0) + 1,
        (next[j - 1] ?? 0) + 1,
        (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1),
      );
    }
    row = next;
  }
  return row[b.length] ?? 0;
}

/** What the tests are told by their runner. */
export function testEnvironment(env: Record<string, string | undefined> = process.env): {
  databaseUrl: string | undefined;
  chromium: string | undefined;
  ci: boolean;
} {
  return { databaseUrl: env.TEST_DATABASE_URL, chromium: env.TEST_CHROMIUM, ci: env.CI === 'true' };
}
