import type { ParseArgsConfig } from 'node:util';
import type { Config } from '../config.ts';

type Options = NonNullable<ParseArgsConfig['options']>;
type Values<O extends Options> = {
  [Name in keyof O]?: O[Name] extends { multiple: true }
    ? string[]
    : O[Name] extends { type: 'boolean' }
      ? boolean
      : string;
};

/** What a command line is given: its options, what stands beside them, and the settings when it asks for them. */
export interface CommandLine<O extends Options = Options> {
  values: Values<O>;
  args: string[];
  /** Reads the settings; throws a ConfigError that names what is wrong. */
  config(overrides?: Record<string, string | undefined>): Config;
}

/** One command of `pulsestack`. */
export interface Command {
  /** One or two words: `jobs list`. */
  name: string;
  /** What stands behind the name in the help: `KEY`. */
  takes?: string;
  summary: string;
  options: Options;
  /** A line of help for each option, in their order. */
  optionHelp: Readonly<Record<string, string>>;
  /** Resolves to the exit code. */
  run(line: CommandLine): Promise<number>;
}

/** Declares a command; `pulsestack help` and the parsing of its options come from it. */
export function command<const O extends Options = Record<never, never>>(spec: {
  name: string;
  takes?: string;
  summary: string;
  options?: O;
  optionHelp?: { [Name in keyof O & string]?: string };
  run(line: CommandLine<O>): Promise<number>;
}): Command {
  return { options: {}, optionHelp: {}, ...spec } as Command;
}

export function helpOf(commands: readonly Command[]): string {
  return commands
    .flatMap(({ name, takes, summary, optionHelp }) => [
      `  ${`pulsestack ${name}${takes ? ` ${takes}` : ''}`.padEnd(32)}${summary}`,
      ...Object.entries(optionHelp).map(([option, help]) => `    ${`--${option}`.padEnd(30)}${help}`),
    ])
    .join('\n');
}
