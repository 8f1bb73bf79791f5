import { type Logger, pino } from 'pino';
import type { Log } from '../../ports/log.ts';

const SECRETS = [
  'password',
  'secret',
  'token',
  'authorization',
  'cookie',
  'refreshToken',
  'accessToken',
  '*.password',
  '*.secret',
  '*.token',
  '*.authorization',
];

/** JSON lines on standard output; what is named like a secret is never written. */
export function createPinoLog(options: { level: string }): Log {
  return wrap(
    pino({
      level: options.level,
      redact: { paths: SECRETS, censor: '••••' },
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
    }),
  );
}

function wrap(logger: Logger): Log {
  return {
    debug: (fields, sentence) => logger.debug(fields, sentence),
    info: (fields, sentence) => logger.info(fields, sentence),
    warn: (fields, sentence) => logger.warn(fields, sentence),
    error: (fields, sentence) => logger.error(fields, sentence),
    child: (fields) => wrap(logger.child(fields)),
  };
}
