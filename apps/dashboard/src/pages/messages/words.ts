import type { Channel, DecisionLine, Message } from '@pulsestack/core';
import type { Tone } from '../../ui/badge.tsx';
import type { Option } from '../../ui/select.tsx';

export const STATE_OPTIONS: readonly Option<Message['state']>[] = [
  { value: 'queued', label: 'Queued' },
  { value: 'held', label: 'Held' },
  { value: 'digested', label: 'In a digest' },
  { value: 'sending', label: 'Sending' },
  { value: 'sent', label: 'Sent' },
  { value: 'delivered', label: 'Delivered' },
  { value: 'skipped', label: 'Skipped' },
  { value: 'failed', label: 'Failed' },
  { value: 'expired', label: 'Expired' },
  { value: 'cancelled', label: 'Cancelled' },
];

export const stateTone: Record<Message['state'], Tone> = {
  queued: 'info',
  held: 'info',
  digested: 'info',
  sending: 'info',
  sent: 'success',
  delivered: 'success',
  skipped: 'neutral',
  failed: 'danger',
  expired: 'neutral',
  cancelled: 'neutral',
};

export const CHANNEL_OPTIONS: readonly Option<Channel>[] = [
  { value: 'in_app', label: 'Inbox' },
  { value: 'email', label: 'E-mail' },
  { value: 'sms', label: 'SMS' },
  { value: 'push', label: 'Push' },
  { value: 'whatsapp', label: 'WhatsApp' },
  { value: 'chat', label: 'Chat' },
  { value: 'webhook', label: 'Webhook' },
];

export const CHANNELS: readonly Channel[] = CHANNEL_OPTIONS.map((option) => option.value);

export const LAYER_NAMES: Record<DecisionLine['layer'], string> = {
  suppression: 'Suppression',
  consent: 'Consent',
  preference: 'Preference',
  cap: 'Caps',
  quiet_hours: 'Quiet hours',
  digest: 'Digest',
  send_time: 'Send time',
};

export function channelName(channel: Channel): string {
  return CHANNEL_OPTIONS.find((option) => option.value === channel)?.label ?? channel;
}

export function stateName(state: Message['state']): string {
  return STATE_OPTIONS.find((option) => option.value === state)?.label ?? state;
}
