import { parseArgs } from 'node:util';
import { type Command, helpOf } from './cli/command.ts';
import { commands } from './cli/index.ts';
import { ConfigError, loadConfig, withEnvironment } from './config.ts';
import { VERSION } from './version.ts';

const HELP = `PulseStack ${VERSION}

${helpOf(commands)}
  pulsestack help | version

Settings come from the environment; docs/reference/settings.md lists them.`;

/** Runs one command line and resolves to its exit code; `start` resolves when the process was asked to stop. */
async function run(line: string[]): Promise<number> {
  const [first = 'start'] = line;
  if (line.includes('--help') || line.includes('-h') || first === 'help') return say(HELP);
  if (first === '--version' || first === '-v' || first === 'version') return say(VERSION);
  const found = find(first.startsWith('-') ? ['start', ...line] : line.length === 0 ? ['start'] : line);
  if (!found) {
    console.error(`There is no command "${line.filter((word) => !word.startsWith('-')).join(' ')}".\n\n${HELP}`);
    return 2;
  }
  const { values, positionals } = parseArgs({
    args: found.rest,
    allowPositionals: found.command.takes !== undefined,
    options: found.command.options,
  });
  return found.command.run({
    values: values as Record<string, never>,
    args: positionals,
    config: (overrides = {}) => loadConfig(withEnvironment(overrides)),
  });
}

/** The command with the longest name that the line begins with. */
function find(line: string[]): { command: Command; rest: string[] } | undefined {
  for (const words of [2, 1]) {
    const name = line.slice(0, words).join(' ');
    const command = commands.find((one) => one.name === name);
    if (command) return { command, rest: line.slice(name.split(' ').length) };
  }
  return undefined;
}

function say(text: string): number {
  console.log(text);
  return 0;
}

try {
  process.exitCode = await run(process.argv.slice(2));
} catch (error) {
  // A wrong setting or a missing server is for the operator to mend: a sentence, not a stack.
  if (error instanceof ConfigError)
    console.error(`PulseStack cannot start:\n${error.problems.map((problem) => `  • ${problem}`).join('\n')}`);
  else if (error instanceof Error && (error.name === 'DatabaseUnavailable' || 'code' in error))
    console.error(`PulseStack cannot go on: ${error.message}`);
  else console.error(error);
  process.exitCode = 1;
}
