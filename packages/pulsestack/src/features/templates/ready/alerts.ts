import { readyMade } from './ready-made.ts';

const acknowledged = {
  event: 'alert.acknowledged',
  if: { '==': [{ var: 'event.payload.alert.id' }, { var: 'payload.alert.id' }] },
};

export const criticalAlert = readyMade({
  key: 'critical-alert',
  name: 'Critical alert',
  description: 'Escalates until somebody says "I have it": inbox at once, push after two minutes, SMS after five more.',
  sample: {
    alert: { id: 'al_9', title: 'Payments are failing', service: 'checkout', url: 'https://app.example.com/alerts/9' },
    value: '38 % of payments failed in the last 5 minutes',
    since: '2026-11-20T08:31:00Z',
  },
  templates: [
    {
      key: 'critical-alert.inbox',
      name: 'Critical alert: inbox',
      content: {
        channel: 'in_app',
        title: '{{ payload.alert.title }}',
        body: '**{{ payload.alert.service }}**: {{ payload.value }}',
        link: '{{ payload.alert.url }}',
        actions: [
          { id: 'acknowledge', label: '{{ "acknowledge" | t }}', style: 'primary' },
          { id: 'open', label: '{{ "open" | t }}', link: '{{ payload.alert.url }}' },
        ],
        collapseKey: 'alert-{{ payload.alert.id }}',
        messages: {
          en: { acknowledge: 'I have it', open: 'Open' },
          de: { acknowledge: 'Ich kümmere mich', open: 'Öffnen' },
        },
      },
    },
    {
      key: 'critical-alert.push',
      name: 'Critical alert: push',
      content: {
        channel: 'push',
        title: '{{ payload.alert.title }}',
        body: '{{ payload.alert.service }}: {{ payload.value }}',
        link: '{{ payload.alert.url }}',
      },
    },
    {
      key: 'critical-alert.sms',
      name: 'Critical alert: SMS',
      content: {
        channel: 'sms',
        body: '{{ "text" | t: title: payload.alert.title, service: payload.alert.service }} {{ payload.alert.url }}',
        messages: {
          en: { text: '{service}: {title}. Nobody has taken it yet.' },
          de: { text: '{service}: {title}. Noch hat es niemand übernommen.' },
        },
      },
    },
    {
      key: 'critical-alert.email',
      name: 'Critical alert: e-mail',
      content: {
        channel: 'email',
        subject: '{{ "subject" | t: title: payload.alert.title }}',
        preheader: '{{ payload.value }}',
        body: {
          format: 'blocks',
          blocks: [
            { type: 'heading', text: '{{ payload.alert.title }}' },
            { type: 'notice', tone: 'danger', markdown: '{{ payload.value }}' },
            {
              type: 'facts',
              rows: [
                { label: '{{ "service" | t }}', value: '{{ payload.alert.service }}' },
                { label: '{{ "since" | t }}', value: '{{ payload.since | default: "now" | date: "datetime" }}' },
              ],
            },
            { type: 'button', style: 'danger', label: '{{ "open" | t }}', link: '{{ payload.alert.url }}' },
          ],
        },
        messages: {
          en: { subject: 'Critical: {title}', service: 'Service', since: 'Since', open: 'Open the alert' },
          de: { subject: 'Kritisch: {title}', service: 'Dienst', since: 'Seit', open: 'Alarm öffnen' },
        },
      },
    },
  ],
  workflow: {
    key: 'critical-alert',
    name: 'Critical alert',
    category: 'alerts',
    priority: 'critical',
    critical: true,
    trigger: { event: 'alert.raised' },
    steps: [
      { id: 'inbox', type: 'in_app', template: 'critical-alert.inbox' },
      { id: 'mail', type: 'email', template: 'critical-alert.email' },
      {
        id: 'soon',
        type: 'wait',
        events: [{ ...acknowledged, steps: [{ id: 'taken', type: 'stop', reason: 'Somebody has taken it' }] }],
        timeout: '2m',
        onTimeout: [
          { id: 'push', type: 'push', template: 'critical-alert.push' },
          {
            id: 'later',
            type: 'wait',
            events: [
              { ...acknowledged, steps: [{ id: 'taken-later', type: 'stop', reason: 'Somebody has taken it' }] },
            ],
            timeout: '5m',
            onTimeout: [{ id: 'sms', type: 'sms', template: 'critical-alert.sms' }],
          },
        ],
      },
    ],
  },
});
