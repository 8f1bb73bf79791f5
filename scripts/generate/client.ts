import {
  Counts,
  FieldError,
  InboxFilter,
  InboxItem,
  InboxMark,
  InboxPage,
  InboxState,
  MarkResult,
  Preferences,
  PreferencesPatch,
  Priority,
  STREAM_EVENTS,
} from '@pulsestack/core';
import { JSON_TYPE, TypeWriter } from './types.ts';

/** Writes the types of the browser client: what its own inbox answers, and what the stream says. */
export function writeClientTypes(documentation: ReadonlyMap<string, string>): string {
  const types = new TypeWriter(documentation);
  for (const schema of [
    Counts,
    FieldError,
    InboxItem,
    InboxMark,
    InboxPage,
    InboxState,
    MarkResult,
    Preferences,
    Priority,
  ])
    types.write(schema, 'output');
  for (const schema of [InboxFilter, PreferencesPatch]) types.write(schema, 'input');
  const events = Object.entries(STREAM_EVENTS).map(
    ([name, schema]) => `  '${name}': ${types.write(schema, 'output', '  ')};`,
  );
  return `// Written by \`npm run generate\` from the contract of the product. Change that, not this file.

${JSON_TYPE}

${types.declarations().join('\n\n')}

/** The events of the stream, with the data of each. */
// A type, not an interface: only a type fits where any event map does.
export type StreamEvents = {
${events.join('\n')}
};
`;
}
