import type { Permission } from '@pulsestack/core';
import {
  Bell,
  BellRing,
  BookOpenText,
  CalendarClock,
  CircleHelp,
  Footprints,
  House,
  KeyRound,
  LayoutTemplate,
  ListChecks,
  type LucideIcon,
  Mail,
  MailX,
  MessagesSquare,
  Plug,
  Radio,
  RadioTower,
  ScrollText,
  Send,
  Settings,
  ShieldCheck,
  SlidersHorizontal,
  Tags,
  UserRoundCog,
  Users,
  Waypoints,
  Workflow,
} from 'lucide-react';

export interface Section {
  to: string;
  label: string;
  icon: LucideIcon;
  needs?: Permission;
  /** Shown in development mode only; `own` in the development workspace only. */
  development?: 'any' | 'own';
  words?: string;
}

export interface SectionGroup {
  label: string | null;
  sections: Section[];
}

export const SECTIONS: SectionGroup[] = [
  {
    label: null,
    sections: [
      { to: '/', label: 'Home', icon: House, words: 'overview start' },
      { to: '/publish', label: 'Publish', icon: Send, needs: 'notifications.create', words: 'send compose new' },
      { to: '/notifications', label: 'Notifications', icon: BellRing, needs: 'notifications.read', words: 'sent feed' },
      {
        to: '/messages',
        label: 'Messages',
        icon: MessagesSquare,
        needs: 'messages.read',
        words: 'sent skipped failed',
      },
      {
        to: '/templates',
        label: 'Templates',
        icon: LayoutTemplate,
        needs: 'templates.read',
        words: 'mails branding translations',
      },
      {
        to: '/workflows',
        label: 'Workflows',
        icon: Workflow,
        needs: 'workflows.read',
        words: 'steps digest delay automation',
      },
      { to: '/runs', label: 'Runs', icon: Footprints, needs: 'workflows.read', words: 'executions trace cancel' },
      {
        to: '/schedules',
        label: 'Schedules',
        icon: CalendarClock,
        needs: 'schedules.read',
        words: 'later recurring cron once',
      },
      {
        to: '/explain',
        label: 'Explain',
        icon: CircleHelp,
        needs: 'messages.read',
        words: 'why not decision reasons what would happen',
      },
      { to: '/inbox', label: 'Inbox', icon: Bell, words: 'mine bell' },
    ],
  },
  {
    label: 'Audience',
    sections: [
      { to: '/users', label: 'Users', icon: Users, needs: 'users.read', words: 'people' },
      { to: '/topics', label: 'Topics', icon: Tags, needs: 'topics.read', words: 'lists subscribers' },
      {
        to: '/preferences',
        label: 'Preferences',
        icon: SlidersHorizontal,
        needs: 'preferences.read',
        words: 'categories defaults caps frequency quiet hours digest try',
      },
      {
        to: '/suppressions',
        label: 'Suppressions',
        icon: MailX,
        needs: 'suppressions.manage',
        words: 'bounced complained unsubscribed blocklist import',
      },
    ],
  },
  {
    label: 'Workspace',
    sections: [
      { to: '/members', label: 'Members', icon: UserRoundCog, needs: 'members.read', words: 'invitations team' },
      { to: '/roles', label: 'Roles', icon: ShieldCheck, needs: 'members.read', words: 'permissions' },
      { to: '/api-keys', label: 'API keys', icon: KeyRound, needs: 'keys.manage', words: 'secret token' },
      {
        to: '/integrations',
        label: 'Integrations',
        icon: Plug,
        needs: 'integrations.manage',
        words: 'providers smtp webhook',
      },
      { to: '/audit', label: 'Audit log', icon: ScrollText, needs: 'audit.read', words: 'changes history' },
      { to: '/settings', label: 'Settings', icon: Settings, words: 'profile password sessions sandbox' },
    ],
  },
  {
    label: 'Developers',
    sections: [
      {
        to: '/streams',
        label: 'Streams',
        icon: RadioTower,
        needs: 'streams.read',
        words: 'connections events log deliveries replay send readers',
      },
      {
        to: '/catalog',
        label: 'Event catalogue',
        icon: BookOpenText,
        needs: 'catalog.read',
        words: 'schema types declare versions generate',
      },
      {
        to: '/event-bus',
        label: 'Event bus',
        icon: Waypoints,
        needs: 'integrations.manage',
        words: 'kafka nats jetstream topics sources sinks cloudevents',
      },
    ],
  },
  {
    label: 'Operations',
    sections: [
      { to: '/jobs', label: 'Jobs', icon: ListChecks, needs: 'jobs.read', words: 'queue dead letters failed redrive' },
    ],
  },
  {
    label: 'Development',
    sections: [
      { to: '/live', label: 'Live page', icon: Radio, development: 'own', words: 'ada bell' },
      { to: '/mailbox', label: 'Mailbox', icon: Mail, development: 'any', words: 'mails e-mail' },
    ],
  },
];
