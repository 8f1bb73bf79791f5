import { readyMade } from './ready-made.ts';

export const jobCompleted = readyMade({
  key: 'job-completed',
  name: 'Job completed',
  description:
    'Tells whoever started a job that it is done: in the inbox, and by e-mail with the result attached as CSV.',
  sample: {
    job: { id: 'exp-4821', name: 'Customer export', url: 'https://app.example.com/jobs/exp-4821' },
    rows: 12480,
    seconds: 184,
    finishedAt: '2026-11-20T08:42:00Z',
    file: { filename: 'customers.csv', contentType: 'text/csv', content: 'aWQsbmFtZQoxLEFkYQo=' },
  },
  templates: [
    {
      key: 'job-completed.email',
      name: 'Job completed: e-mail',
      content: {
        channel: 'email',
        subject: '{{ "subject" | t: job: payload.job.name }}',
        preheader: '{{ "preheader" | t: rows: payload.rows }}',
        body: {
          format: 'blocks',
          blocks: [
            { type: 'heading', text: '{{ "title" | t: job: payload.job.name }}' },
            { type: 'notice', tone: 'success', markdown: '{{ "done" | t: rows: payload.rows }}' },
            {
              type: 'facts',
              if: 'payload.finishedAt',
              rows: [
                { label: '{{ "job" | t }}', value: '{{ payload.job.id }}' },
                { label: '{{ "finished" | t }}', value: '{{ payload.finishedAt | date: "datetime" }}' },
                { label: '{{ "took" | t }}', value: '{{ "seconds" | t: n: payload.seconds }}' },
              ],
            },
            { type: 'text', if: 'payload.file', markdown: '{{ "attached" | t: file: payload.file.filename }}' },
            { type: 'button', label: '{{ "open" | t }}', link: '{{ payload.job.url }}' },
          ],
        },
        messages: {
          en: {
            subject: '{job} is ready',
            preheader: '{rows, plural, one {# row} other {# rows}}, without errors',
            title: '{job} is ready',
            done: '{rows, plural, one {# row was written} other {# rows were written}} without errors.',
            job: 'Job',
            finished: 'Finished',
            took: 'Took',
            seconds: '{n, plural, one {# second} other {# seconds}}',
            attached: 'You find the result attached as {file}.',
            open: 'Open the job',
          },
          de: {
            subject: '{job} ist fertig',
            preheader: '{rows, plural, one {# Zeile} other {# Zeilen}}, ohne Fehler',
            title: '{job} ist fertig',
            done: '{rows, plural, one {# Zeile wurde} other {# Zeilen wurden}} ohne Fehler geschrieben.',
            job: 'Auftrag',
            finished: 'Fertig am',
            took: 'Dauer',
            seconds: '{n, plural, one {# Sekunde} other {# Sekunden}}',
            attached: 'Das Ergebnis hängt als {file} an.',
            open: 'Auftrag öffnen',
          },
        },
      },
    },
    {
      key: 'job-completed.inbox',
      name: 'Job completed: inbox',
      content: {
        channel: 'in_app',
        title: '{{ "title" | t: job: payload.job.name }}',
        body: '{{ "body" | t: rows: payload.rows }}',
        link: '{{ payload.job.url }}',
        messages: {
          en: { title: '{job} is ready', body: '{rows, plural, one {# row} other {# rows}}, without errors.' },
          de: { title: '{job} ist fertig', body: '{rows, plural, one {# Zeile} other {# Zeilen}}, ohne Fehler.' },
        },
      },
    },
  ],
  workflow: {
    key: 'job-completed',
    name: 'Job completed',
    category: 'jobs',
    trigger: { event: 'job.completed' },
    steps: [
      { id: 'inbox', type: 'in_app', template: 'job-completed.inbox' },
      { id: 'mail', type: 'email', template: 'job-completed.email', attachments: ['payload.file'] },
    ],
  },
});

export const jobFailed = readyMade({
  key: 'job-failed',
  name: 'Job failed',
  description: 'Tells at once that a job failed, with the error and what to do next. One mail an hour for each job.',
  sample: {
    job: { id: 'imp-0193', name: 'Nightly import', url: 'https://app.example.com/jobs/imp-0193' },
    error: {
      code: 'ERR_ROW_1042',
      message: 'Row 1042: "amount" is not a number: 12,50 EUR',
      hint: 'Correct the row and start the import again; rows that were read stay.',
    },
    attempt: 3,
    failedAt: '2026-11-20T02:14:00Z',
  },
  templates: [
    {
      key: 'job-failed.email',
      name: 'Job failed: e-mail',
      content: {
        channel: 'email',
        subject: '{{ "subject" | t: job: payload.job.name }}',
        preheader: '{{ payload.error.message | truncate: 100 }}',
        body: {
          format: 'blocks',
          blocks: [
            { type: 'heading', text: '{{ "title" | t: job: payload.job.name }}' },
            { type: 'notice', tone: 'danger', markdown: '{{ payload.error.message }}' },
            { type: 'text', if: 'payload.error.hint', markdown: '{{ payload.error.hint }}' },
            {
              type: 'facts',
              rows: [
                { label: '{{ "job" | t }}', value: '{{ payload.job.id }}' },
                { label: '{{ "code" | t }}', value: '`{{ payload.error.code | default: "–" }}`' },
                { label: '{{ "attempt" | t }}', value: '{{ payload.attempt | default: 1 }}' },
                { label: '{{ "failed" | t }}', value: '{{ payload.failedAt | default: "now" | date: "datetime" }}' },
              ],
            },
            { type: 'button', style: 'danger', label: '{{ "open" | t }}', link: '{{ payload.job.url }}' },
          ],
        },
        messages: {
          en: {
            subject: '{job} failed',
            title: '{job} failed',
            job: 'Job',
            code: 'Error',
            attempt: 'Attempt',
            failed: 'Failed',
            open: 'See what happened',
          },
          de: {
            subject: '{job} ist fehlgeschlagen',
            title: '{job} ist fehlgeschlagen',
            job: 'Auftrag',
            code: 'Fehler',
            attempt: 'Versuch',
            failed: 'Zeitpunkt',
            open: 'Ansehen, was geschah',
          },
        },
      },
    },
    {
      key: 'job-failed.inbox',
      name: 'Job failed: inbox',
      content: {
        channel: 'in_app',
        title: '{{ "title" | t: job: payload.job.name }}',
        body: '{{ payload.error.message }}',
        link: '{{ payload.job.url }}',
        collapseKey: 'job-failed-{{ payload.job.id }}',
        messages: { en: { title: '{job} failed' }, de: { title: '{job} ist fehlgeschlagen' } },
      },
    },
  ],
  workflow: {
    key: 'job-failed',
    name: 'Job failed',
    category: 'jobs',
    priority: 'high',
    trigger: { event: 'job.failed' },
    steps: [
      { id: 'inbox', type: 'in_app', template: 'job-failed.inbox' },
      { id: 'once', type: 'throttle', limit: 1, window: '1h', key: 'payload.job.id' },
      { id: 'mail', type: 'email', template: 'job-failed.email' },
    ],
  },
});
