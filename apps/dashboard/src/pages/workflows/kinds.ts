import type { Step, StepOf } from '@pulsestack/core';
import {
  Bell,
  CircleStop,
  Clock,
  CodeXml,
  Gauge,
  GitBranch,
  Globe,
  Hourglass,
  Layers,
  ListPlus,
  type LucideIcon,
  Mail,
  MessageCircle,
  MessageSquare,
  MessagesSquare,
  Play,
  Repeat,
  Smartphone,
  Split,
  UserPen,
  Webhook,
} from 'lucide-react';
import { freeId } from './tree.ts';

export type StepType = Step['type'];

interface Kind<Type extends StepType> {
  label: string;
  icon: LucideIcon;
  /** What it does, for those who choose. */
  does: string;
  /** What a new one begins with; it works as it is, as far as that can be known. */
  starter: Omit<StepOf<Type>, 'id' | 'type'>;
  id: string;
}

export const KINDS: { [Type in StepType]: Kind<Type> } = {
  in_app: {
    label: 'Inbox',
    icon: Bell,
    does: 'Lies in the inbox and rings the bell',
    id: 'inbox',
    starter: { title: 'Something happened', body: '' },
  },
  email: {
    label: 'E-mail',
    icon: Mail,
    does: 'Sends a mail',
    id: 'email',
    starter: { subject: 'Something happened', body: 'Hello {{ user.name | default: "there" }},\n\nsay what happened.' },
  },
  sms: {
    label: 'SMS',
    icon: MessageSquare,
    does: 'Sends a short message',
    id: 'sms',
    starter: { body: 'Something happened' },
  },
  push: {
    label: 'Push',
    icon: Smartphone,
    does: 'Shows on phones and browsers',
    id: 'push',
    starter: { title: 'Something happened', body: 'Say what.' },
  },
  whatsapp: {
    label: 'WhatsApp',
    icon: MessageCircle,
    does: 'Sends by WhatsApp',
    id: 'whatsapp',
    starter: { body: 'Something happened' },
  },
  chat: {
    label: 'Chat',
    icon: MessagesSquare,
    does: 'Posts to Slack, Teams or Discord',
    id: 'chat',
    starter: { body: 'Something happened' },
  },
  webhook: { label: 'Webhook', icon: Webhook, does: 'Posts to the addresses of a user', id: 'webhook', starter: {} },
  delay: { label: 'Delay', icon: Clock, does: 'Waits for a time', id: 'delay', starter: { for: '1h' } },
  digest: {
    label: 'Digest',
    icon: Layers,
    does: 'Collects events and goes on with all of them',
    id: 'digest',
    starter: { window: '10m' },
  },
  throttle: {
    label: 'Throttle',
    icon: Gauge,
    does: 'Lets only so many through',
    id: 'throttle',
    starter: { limit: 1, window: '1h' },
  },
  wait: {
    label: 'Wait for an event',
    icon: Hourglass,
    does: 'Waits until the user does something, or not',
    id: 'wait',
    starter: { events: [{ event: 'something.happened', steps: [] }], timeout: '1d', onTimeout: [] },
  },
  branch: {
    label: 'Branch',
    icon: GitBranch,
    does: 'Takes one of several ways, by conditions',
    id: 'branch',
    starter: { branches: [{ if: { '!!': [{ var: 'user.email' }] }, steps: [] }], else: [] },
  },
  split: {
    label: 'Split',
    icon: Split,
    does: 'Tries variants; a person stays in the same',
    id: 'split',
    starter: {
      arms: [
        { name: 'a', weight: 50, steps: [] },
        { name: 'b', weight: 50, steps: [] },
      ],
    },
  },
  loop: {
    label: 'Loop',
    icon: Repeat,
    does: 'Once for each entry of a list',
    id: 'loop',
    starter: { over: 'payload.items', as: 'item', max: 20, steps: [] },
  },
  http: {
    label: 'HTTP request',
    icon: Globe,
    does: 'Asks or tells a server of yours',
    id: 'http',
    starter: { method: 'POST', url: 'https://example.com/', timeoutMs: 5000, continueOnFailure: false },
  },
  code: {
    label: 'Code',
    icon: CodeXml,
    does: 'Calls a function of your app',
    id: 'code',
    starter: { endpoint: 'app', timeoutMs: 10_000, retries: 5, continueOnFailure: false },
  },
  update_user: {
    label: 'Update user',
    icon: UserPen,
    does: 'Sets attributes of the user',
    id: 'user',
    starter: { attributes: { notified: true } },
  },
  update_topic: {
    label: 'Update topic',
    icon: ListPlus,
    does: 'Subscribes the user, or no longer',
    id: 'topic',
    starter: { topic: 'news', action: 'subscribe' },
  },
  invoke: {
    label: 'Start a workflow',
    icon: Play,
    does: 'Starts another workflow for the user',
    id: 'start',
    starter: { workflow: 'welcome' },
  },
  stop: { label: 'Stop', icon: CircleStop, does: 'Ends the run here', id: 'stop', starter: {} },
};

export const KIND_GROUPS: readonly { label: string; types: readonly StepType[] }[] = [
  { label: 'Send', types: ['in_app', 'email', 'push', 'sms', 'whatsapp', 'chat', 'webhook'] },
  { label: 'Wait and collect', types: ['delay', 'digest', 'throttle', 'wait'] },
  { label: 'Decide', types: ['branch', 'split', 'loop', 'stop'] },
  { label: 'Do', types: ['http', 'code', 'update_user', 'update_topic', 'invoke'] },
];

export function newStep(type: StepType, taken: ReadonlySet<string>): Step {
  const { id, starter } = KINDS[type];
  return { id: freeId(id, taken), type, ...structuredClone(starter) } as Step;
}

export function titleOf(step: Step): string {
  return step.name ?? KINDS[step.type].label;
}

/** A step in one line. */
export function describe(step: Step): string {
  if ('template' in step && step.template !== undefined) return `Template ${step.template}`;
  if ('contentFrom' in step && step.contentFrom !== undefined) return `What ${step.contentFrom} has made`;
  switch (step.type) {
    case 'in_app':
    case 'push':
      return step.title ?? '';
    case 'email':
      return step.subject ?? '';
    case 'sms':
    case 'whatsapp':
    case 'chat':
      return step.body ?? '';
    case 'webhook':
      return step.body === undefined ? 'The whole message' : 'A body of its own';
    case 'delay':
      if (step.for !== undefined) return `For ${duration(step.for)}`;
      if (step.at !== undefined) return `Until ${step.at} where the user is`;
      return `Until ${step.untilPath ?? step.until}`;
    case 'digest':
      return [
        step.window === undefined ? `Until the next ${step.cron}` : `For ${duration(step.window)}`,
        ...(step.key === undefined ? [] : [`one for each ${step.key}`]),
        ...(step.flushAt === undefined ? [] : [`at most ${step.flushAt} events`]),
      ].join(', ');
    case 'throttle':
      return `${step.limit} in ${step.window === undefined ? step.windowPath : duration(step.window)}${step.key === undefined ? '' : ` for each ${step.key}`}`;
    case 'wait':
      return `For ${step.events.map(({ event }) => event).join(' or ')}, at most ${duration(step.timeout)}`;
    case 'branch':
      return step.branches.length === 1 ? 'Two ways' : `${step.branches.length + 1} ways`;
    case 'split':
      return step.arms.map(({ name }) => name).join(' · ');
    case 'loop':
      return `Each ${step.as} of ${step.over}, at most ${step.max}`;
    case 'http':
      return `${step.method} ${step.url}`;
    case 'code':
      return `At the endpoint ${step.endpoint}`;
    case 'update_user':
      return Object.keys(step.attributes).join(', ');
    case 'update_topic':
      return `${step.action === 'subscribe' ? 'Subscribe to' : 'Unsubscribe from'} ${step.topic}`;
    case 'invoke':
      return step.workflow;
    case 'stop':
      return step.reason ?? '';
  }
}

const UNITS: Record<string, string> = { s: 'second', m: 'minute', h: 'hour', d: 'day', w: 'week' };

/** `2d` as "2 days". */
export function duration(text: string): string {
  const count = Number(text.slice(0, -1));
  const unit = UNITS[text.slice(-1)];
  return unit === undefined || Number.isNaN(count) ? text : `${count} ${unit}${count === 1 ? '' : 's'}`;
}
