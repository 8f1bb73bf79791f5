import { readyMade } from './ready-made.ts';

export const weeklySummary = readyMade({
  key: 'weekly-summary',
  name: 'Weekly summary',
  description:
    'Collects what happened and sends it on Monday at nine, by the clock of each reader. Nothing happened, nothing is sent.',
  sample: { title: 'Release 2.4 is out', text: 'With the new editor.', url: 'https://app.example.com/news/24' },
  sampleEvents: [
    { title: 'Release 2.4 is out', text: 'With the new editor and dark mode.', url: 'https://app.example.com/news/24' },
    { title: 'Kim closed 12 tickets', url: 'https://app.example.com/tickets' },
    {
      title: 'The report for October is ready',
      text: 'Revenue is up by 8 %.',
      url: 'https://app.example.com/reports/10',
    },
  ],
  templates: [
    {
      key: 'weekly-summary.email',
      name: 'Weekly summary: e-mail',
      content: {
        channel: 'email',
        subject: '{{ "subject" | t: n: digest.count }}',
        preheader: '{{ events[0].payload.title }}',
        body: {
          format: 'blocks',
          blocks: [
            { type: 'heading', text: '{{ "title" | t }}' },
            { type: 'text', muted: true, markdown: '{{ "intro" | t: n: digest.count }} {{ "now" | date: "long" }}' },
            {
              type: 'list',
              over: 'events',
              as: 'event',
              max: 15,
              title: '{{ event.payload.title }}',
              markdown: '{{ event.payload.text }}',
              meta: '{{ event.at | date: "weekday" }}',
              link: '{{ event.payload.url }}',
            },
          ],
        },
        messages: {
          en: {
            subject: 'Your week: {n, plural, one {one thing} other {# things}} to know',
            title: 'Your week',
            intro: '{n, plural, one {One thing happened} other {# things happened}} until',
          },
          de: {
            subject: 'Ihre Woche: {n, plural, one {eine Neuigkeit} other {# Neuigkeiten}}',
            title: 'Ihre Woche',
            intro: '{n, plural, one {Eine Neuigkeit} other {# Neuigkeiten}} bis',
          },
        },
      },
    },
  ],
  workflow: {
    key: 'weekly-summary',
    name: 'Weekly summary',
    category: 'summary',
    priority: 'low',
    trigger: { event: 'summary.item' },
    steps: [
      { id: 'week', type: 'digest', cron: '0 9 * * 1' },
      { id: 'mail', type: 'email', template: 'weekly-summary.email' },
    ],
  },
});

export const commentDigest = readyMade({
  key: 'comment-digest',
  name: 'Comment digest',
  description:
    'Shows every comment in the inbox at once, and mails those of one thread together after ten quiet minutes, unless they were read.',
  sample: {
    thread: { id: 'th_42', title: 'Launch plan', url: 'https://app.example.com/threads/42' },
    author: 'Kim',
    text: 'Shall we move it to *Thursday*?',
  },
  sampleEvents: [
    {
      thread: { id: 'th_42', title: 'Launch plan', url: 'https://app.example.com/threads/42' },
      author: 'Kim',
      text: 'Shall we move it to Thursday?',
    },
    {
      thread: { id: 'th_42', title: 'Launch plan', url: 'https://app.example.com/threads/42' },
      author: 'Noor',
      text: 'Thursday is fine. The <b>press</b> knows.',
    },
  ],
  templates: [
    {
      key: 'comment-digest.inbox',
      name: 'Comment: inbox',
      content: {
        channel: 'in_app',
        title: '{{ "title" | t: author: payload.author, thread: payload.thread.title }}',
        body: '{{ payload.text }}',
        link: '{{ payload.thread.url }}',
        messages: {
          en: { title: '{author} commented on {thread}' },
          de: { title: '{author} hat {thread} kommentiert' },
        },
      },
    },
    {
      key: 'comment-digest.email',
      name: 'Comment digest: e-mail',
      content: {
        channel: 'email',
        subject: '{{ "subject" | t: n: digest.count, thread: payload.thread.title }}',
        preheader: '{{ events[0].payload.author }}: {{ events[0].payload.text | truncate: 90 }}',
        body: {
          format: 'blocks',
          blocks: [
            { type: 'heading', text: '{{ payload.thread.title }}' },
            { type: 'text', muted: true, markdown: '{{ "count" | t: n: digest.count }}' },
            {
              type: 'list',
              over: 'events',
              as: 'event',
              max: 20,
              title: '{{ event.payload.author }}',
              meta: '{{ event.at | date: "datetime" }}',
              markdown: '{{ event.payload.text }}',
            },
            { type: 'button', label: '{{ "open" | t }}', link: '{{ payload.thread.url }}' },
          ],
        },
        messages: {
          en: {
            subject: '{n, plural, one {A new comment} other {# new comments}} on {thread}',
            count: '{n, plural, one {One new comment} other {# new comments}}',
            open: 'Answer',
          },
          de: {
            subject: '{n, plural, one {Ein neuer Kommentar} other {# neue Kommentare}} zu {thread}',
            count: '{n, plural, one {Ein neuer Kommentar} other {# neue Kommentare}}',
            open: 'Antworten',
          },
        },
      },
    },
  ],
  workflow: {
    key: 'comment-digest',
    name: 'Comment digest',
    category: 'comments',
    trigger: { event: 'comment.created' },
    steps: [
      { id: 'inbox', type: 'in_app', template: 'comment-digest.inbox' },
      { id: 'quiet', type: 'digest', window: '10m', sliding: { max: '1h' }, key: 'payload.thread.id' },
      { id: 'mail', type: 'email', template: 'comment-digest.email', if: { '!': [{ var: 'steps.inbox.readAt' }] } },
    ],
  },
});
