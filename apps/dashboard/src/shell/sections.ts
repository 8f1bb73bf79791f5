import type { Permission } from '@pulsestack/core';
import {
  Bell,
  BellRing,
  BookOpenText,
  House,
  KeyRound,
  LayoutTemplate,
  ListChecks,
  type LucideIcon,
  Mail,
  MessagesSquare,
  Plug,
  Radio,
  RadioTower,
  ScrollText,
  Send,
  Settings,
  ShieldCheck,
  Tags,
  UserRoundCog,
  Users,
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
      { to: '/inbox', label: 'Inbox', icon: Bell, words: 'mine bell' },
    ],
  },
  {
    label: 'Audience',
    sections: [
      { to: '/users', label: 'Users', icon: Users, needs: 'users.read', words: 'people' },
      { to: '/topics', label: 'Topics', icon: Tags, needs: 'topics.read', words: 'lists subscribers' },
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
