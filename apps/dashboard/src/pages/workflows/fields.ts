import type { Step, StepOf } from '@pulsestack/core';
import type { Option } from '../../ui/select.tsx';
import { KINDS, type StepType } from './kinds.ts';

interface Field<Name extends string = string> {
  name: Name;
  label: string;
  kind:
    | 'line'
    | 'text'
    | 'json'
    | 'duration'
    | 'nested-duration'
    | 'number'
    | 'choice'
    | 'check'
    | 'path'
    | 'paths'
    | 'template'
    | 'code'
    | 'workflow'
    | 'cron'
    | 'time';
  help?: string;
  options?: readonly Option[];
  isOptional?: true;
  lines?: number;
  /** Folded away until asked for. */
  isMore?: true;
  /** Of several fields with the same word here exactly one is written. */
  oneOf?: string;
  /** Where a message takes what it says from; shown for that alone. */
  from?: Source;
  /** What it begins with when it is chosen of several. */
  first?: string;
}
export type StepField = Field;
export type Source = 'here' | 'template' | 'code';

/** Fields that every step has, and the lists of steps inside, are drawn by hand. */
type Own<Type extends StepType> = Exclude<
  keyof StepOf<Type> & string,
  'id' | 'name' | 'if' | 'type' | 'branches' | 'else' | 'events' | 'onTimeout' | 'arms' | 'steps'
>;

const template = (channel: string): Field<'template'> => ({
  name: 'template',
  label: 'Template',
  kind: 'template',
  from: 'template',
  help: `A published template for ${channel}; it says what the message says.`,
});
const templateData: Field<'templateData'> = {
  name: 'templateData',
  label: 'Values for the template',
  kind: 'json',
  isOptional: true,
  from: 'template',
  help: 'Stand beside the payload, and win over it.',
};
const contentFrom: Field<'contentFrom'> = {
  name: 'contentFrom',
  label: 'Code step',
  kind: 'code',
  from: 'code',
  help: 'A code step before this one; its output is the message, taken as it is.',
};
const WRITTEN = 'Liquid: {{ payload.title }}, {{ user.name }}, {{ events | size }}';

/** The form of each kind of step. A test holds it against the schema, so that none of its fields is missing. */
export const FIELDS: { [Type in StepType]: readonly Field<Own<Type>>[] } = {
  in_app: [
    template('the inbox'),
    { name: 'title', label: 'Title', kind: 'line', from: 'here', help: WRITTEN },
    { name: 'body', label: 'Text', kind: 'text', isOptional: true, from: 'here', help: 'Markdown' },
    { name: 'link', label: 'Link', kind: 'line', isOptional: true, from: 'here' },
    {
      name: 'actions',
      label: 'Buttons',
      kind: 'json',
      isOptional: true,
      isMore: true,
      from: 'here',
      help: '[{ "id": "open", "label": "Open", "link": "/…" }], at most three',
    },
    { name: 'icon', label: 'Icon', kind: 'line', isOptional: true, isMore: true, from: 'here' },
    { name: 'image', label: 'Image', kind: 'line', isOptional: true, isMore: true, from: 'here' },
    {
      name: 'collapseKey',
      label: 'Collapse key',
      kind: 'line',
      isOptional: true,
      isMore: true,
      from: 'here',
      help: 'A later message with the same key takes the place of this one.',
    },
    { name: 'data', label: 'Data for your app', kind: 'json', isOptional: true, isMore: true, from: 'here' },
    templateData,
    contentFrom,
  ],
  email: [
    template('e-mail'),
    { name: 'subject', label: 'Subject', kind: 'line', from: 'here', help: WRITTEN },
    { name: 'body', label: 'Text', kind: 'text', lines: 10, from: 'here', help: 'Markdown with Liquid' },
    { name: 'preheader', label: 'Preheader', kind: 'line', isOptional: true, from: 'here' },
    { name: 'from', label: 'From', kind: 'line', isOptional: true, isMore: true, from: 'here' },
    { name: 'replyTo', label: 'Answers go to', kind: 'line', isOptional: true, isMore: true, from: 'here' },
    { name: 'layout', label: 'Layout', kind: 'line', isOptional: true, isMore: true, from: 'here' },
    {
      name: 'attachments',
      label: 'Attachments',
      kind: 'paths',
      isOptional: true,
      isMore: true,
      help: 'Where they are in the payload, with commas between: payload.invoice',
    },
    templateData,
    contentFrom,
  ],
  sms: [
    template('SMS'),
    { name: 'body', label: 'Text', kind: 'text', from: 'here', help: WRITTEN },
    templateData,
    contentFrom,
  ],
  whatsapp: [
    template('WhatsApp'),
    { name: 'body', label: 'Text', kind: 'text', from: 'here', help: WRITTEN },
    templateData,
    contentFrom,
  ],
  chat: [
    template('chat'),
    { name: 'body', label: 'Text', kind: 'text', lines: 6, from: 'here', help: WRITTEN },
    templateData,
    contentFrom,
  ],
  push: [
    template('push'),
    { name: 'title', label: 'Title', kind: 'line', from: 'here', help: WRITTEN },
    { name: 'body', label: 'Text', kind: 'text', from: 'here' },
    { name: 'link', label: 'Link', kind: 'line', isOptional: true, from: 'here' },
    { name: 'image', label: 'Image', kind: 'line', isOptional: true, isMore: true, from: 'here' },
    { name: 'data', label: 'Data for your app', kind: 'json', isOptional: true, isMore: true, from: 'here' },
    templateData,
    contentFrom,
  ],
  webhook: [
    {
      name: 'body',
      label: 'Body',
      kind: 'json',
      isOptional: true,
      help: 'JSON whose texts may hold Liquid. Empty: the whole message.',
    },
  ],
  delay: [
    { name: 'for', label: 'For a time', kind: 'duration', oneOf: 'time', first: '1h' },
    {
      name: 'at',
      label: 'Until a time of day',
      kind: 'time',
      oneOf: 'time',
      first: '09:00',
      help: 'The next one, by the clock of the user',
    },
    { name: 'untilPath', label: 'Until an instant in the payload', kind: 'path', oneOf: 'time', first: 'payload.at' },
    {
      name: 'until',
      label: 'Until an instant, written',
      kind: 'line',
      oneOf: 'time',
      first: '{{ payload.at }}',
      help: 'Such as 2026-12-24T18:00:00Z, or in Liquid',
    },
  ],
  digest: [
    { name: 'window', label: 'For a time after the first event', kind: 'duration', oneOf: 'time', first: '10m' },
    {
      name: 'cron',
      label: 'Until a time of the calendar',
      kind: 'cron',
      oneOf: 'time',
      first: '0 9 * * 1-5',
      help: 'Five fields of cron, by the clock of the user: 0 9 * * 1-5',
    },
    {
      name: 'key',
      label: 'One digest for each',
      kind: 'path',
      isOptional: true,
      help: 'Such as payload.post.id. Empty: one for each user',
    },
    { name: 'flushAt', label: 'Close early at', kind: 'number', isOptional: true, isMore: true, help: 'events' },
    {
      name: 'sliding',
      label: 'Each event moves the end, until',
      kind: 'nested-duration',
      isOptional: true,
      isMore: true,
      help: 'after the first one at the latest',
    },
    {
      name: 'lookBack',
      label: 'The first passes at once when none came for',
      kind: 'duration',
      isOptional: true,
      isMore: true,
    },
  ],
  throttle: [
    { name: 'limit', label: 'How many', kind: 'number' },
    { name: 'window', label: 'In a time', kind: 'duration', oneOf: 'time', first: '1h' },
    {
      name: 'windowPath',
      label: 'Until an instant in the payload',
      kind: 'path',
      oneOf: 'time',
      first: 'payload.until',
    },
    {
      name: 'key',
      label: 'Counted for each',
      kind: 'path',
      isOptional: true,
      help: 'Such as payload.project.id. Empty: for each user',
    },
  ],
  wait: [{ name: 'timeout', label: 'At most', kind: 'duration' }],
  branch: [],
  split: [],
  loop: [
    { name: 'over', label: 'List', kind: 'path' },
    { name: 'as', label: 'Name of an entry', kind: 'line', help: 'Steps inside speak of it by this name.' },
    { name: 'max', label: 'At most', kind: 'number', help: 'entries, up to 100' },
  ],
  http: [
    {
      name: 'method',
      label: 'Method',
      kind: 'choice',
      options: ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'].map((value) => ({ value, label: value })),
    },
    { name: 'url', label: 'Address', kind: 'line', help: 'May hold Liquid. Private addresses are refused.' },
    { name: 'headers', label: 'Headers', kind: 'json', isOptional: true },
    { name: 'body', label: 'Body', kind: 'json', isOptional: true },
    {
      name: 'expect',
      label: 'Schema of the answer',
      kind: 'json',
      isOptional: true,
      isMore: true,
      help: 'JSON Schema; another answer is a failure.',
    },
    { name: 'timeoutMs', label: 'Give up after', kind: 'number', isMore: true, help: 'milliseconds, up to 30,000' },
    { name: 'continueOnFailure', label: 'Go on when it fails', kind: 'check', isMore: true },
  ],
  code: [
    {
      name: 'endpoint',
      label: 'Endpoint',
      kind: 'line',
      help: 'The registered endpoint of your app that has the function',
    },
    {
      name: 'output',
      label: 'Schema of the output',
      kind: 'json',
      isOptional: true,
      help: 'JSON Schema; another output is a failure.',
    },
    { name: 'timeoutMs', label: 'Give up after', kind: 'number', isMore: true, help: 'milliseconds, up to 30,000' },
    {
      name: 'retries',
      label: 'Tries after the first',
      kind: 'number',
      isMore: true,
      help: 'Each waits twice as long as the one before.',
    },
    { name: 'continueOnFailure', label: 'Go on when it fails', kind: 'check', isMore: true },
  ],
  update_user: [
    { name: 'attributes', label: 'Attributes', kind: 'json', help: 'Texts may hold Liquid; null removes one.' },
  ],
  update_topic: [
    {
      name: 'action',
      label: 'What to do',
      kind: 'choice',
      options: [
        { value: 'subscribe', label: 'Subscribe' },
        { value: 'unsubscribe', label: 'Unsubscribe' },
      ],
    },
    { name: 'topic', label: 'Topic', kind: 'line', help: 'May hold Liquid, such as project-{{ payload.project.id }}' },
  ],
  invoke: [
    { name: 'workflow', label: 'Workflow', kind: 'workflow' },
    {
      name: 'payload',
      label: 'Payload',
      kind: 'json',
      isOptional: true,
      help: 'Texts may hold Liquid. Empty: nothing.',
    },
  ],
  stop: [{ name: 'reason', label: 'Reason', kind: 'line', isOptional: true, help: 'Stands in the story of the run.' }],
};

export function fieldsOf(step: Step): readonly StepField[] {
  return FIELDS[step.type];
}

/** Gives a field a value, or takes it away. */
export function withField(step: Step, name: string, value: unknown): Step {
  const { [name]: _before, ...rest } = step as unknown as Record<string, unknown>;
  return (value === undefined ? rest : { ...step, [name]: value }) as Step;
}

/** Chooses one of several fields that exclude each other. */
export function withChosen(step: Step, fields: readonly StepField[], chosen: StepField): Step {
  const others = fields.filter((field) => field !== chosen && field.oneOf === chosen.oneOf);
  const without = others.reduce((one, field) => withField(one, field.name, undefined), step);
  return withField(without, chosen.name, chosen.first);
}

const SOURCES: readonly Source[] = ['template', 'code', 'here'];

/** Where a message takes what it says from; nothing for steps that say nothing. */
export function sourceOf(step: Step): Source | undefined {
  const fields = fieldsOf(step).filter((field) => field.from !== undefined);
  const written = (source: Source) =>
    fields.some(
      (field) => field.from === source && (step as unknown as Record<string, unknown>)[field.name] !== undefined,
    );
  return fields.length === 0 ? undefined : (SOURCES.find(written) ?? 'here');
}

/** What a message says comes from one source only. */
export function withSource(step: Step, source: Source, first: string | undefined): Step {
  const cleared = fieldsOf(step)
    .filter((field) => field.from !== undefined)
    .reduce((one, field) => withField(one, field.name, undefined), step);
  if (source === 'here') return { ...cleared, ...KINDS[step.type].starter } as Step;
  return withField(cleared, source === 'template' ? 'template' : 'contentFrom', first);
}
