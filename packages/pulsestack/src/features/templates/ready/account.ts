import { readyMade } from './ready-made.ts';

export const welcome = readyMade({
  key: 'welcome',
  name: 'Welcome',
  description:
    'Greets a new person and shows the first three steps; a friendly word two days later if the first was not taken.',
  sample: {
    url: 'https://app.example.com/start',
    guideUrl: 'https://docs.example.com/first-steps',
  },
  templates: [
    {
      key: 'welcome.email',
      name: 'Welcome: e-mail',
      content: {
        channel: 'email',
        subject: '{{ "subject" | t: brand: brand.name }}',
        preheader: '{{ "preheader" | t }}',
        body: {
          format: 'blocks',
          blocks: [
            {
              type: 'heading',
              text: '{% if user.name %}{{ "hello" | t: name: user.name }}{% else %}{{ "helloAll" | t }}{% endif %}',
            },
            { type: 'text', markdown: '{{ "intro" | t: brand: brand.name }}' },
            {
              type: 'text',
              markdown:
                '1. **{{ "one" | t }}**\n   {{ "oneMore" | t }}\n2. **{{ "two" | t }}**\n   {{ "twoMore" | t }}\n3. **{{ "three" | t }}**\n   {{ "threeMore" | t }}',
            },
            { type: 'button', label: '{{ "open" | t }}', link: '{{ payload.url }}' },
            { type: 'divider' },
            {
              type: 'text',
              if: 'payload.guideUrl',
              muted: true,
              markdown: '{{ "help" | t }} [{{ "guide" | t }}]({{ payload.guideUrl }})',
            },
          ],
        },
        messages: {
          en: {
            subject: 'Welcome to {brand}',
            preheader: 'Three steps, about five minutes',
            hello: 'Welcome, {name}',
            helloAll: 'Welcome',
            intro: 'Good to have you. Three steps, and {brand} works for you:',
            one: 'Open your workspace',
            oneMore: 'Give it a name that your colleagues recognise.',
            two: 'Invite somebody',
            twoMore: 'Most things are better seen by two.',
            three: 'Choose what you hear about',
            threeMore: 'You decide what reaches you, where and when.',
            open: 'Begin',
            help: 'Questions? Just answer this mail, or read',
            guide: 'the first steps',
          },
          de: {
            subject: 'Willkommen bei {brand}',
            preheader: 'Drei Schritte, etwa fünf Minuten',
            hello: 'Willkommen, {name}',
            helloAll: 'Willkommen',
            intro: 'Schön, dass Sie da sind. Drei Schritte, und {brand} arbeitet für Sie:',
            one: 'Arbeitsbereich öffnen',
            oneMore: 'Geben Sie ihm einen Namen, den Ihre Kollegen erkennen.',
            two: 'Jemanden einladen',
            twoMore: 'Zu zweit sieht man mehr.',
            three: 'Auswählen, wovon Sie hören',
            threeMore: 'Sie bestimmen, was Sie erreicht, wo und wann.',
            open: 'Beginnen',
            help: 'Fragen? Antworten Sie einfach auf diese Mail, oder lesen Sie',
            guide: 'die ersten Schritte',
          },
        },
      },
    },
    {
      key: 'welcome.inbox',
      name: 'Welcome: inbox',
      content: {
        channel: 'in_app',
        title: '{{ "title" | t: brand: brand.name }}',
        body: '{{ "body" | t }}',
        link: '{{ payload.url }}',
        messages: {
          en: { title: 'Welcome to {brand}', body: 'Three steps, and everything works for you.' },
          de: { title: 'Willkommen bei {brand}', body: 'Drei Schritte, und alles arbeitet für Sie.' },
        },
      },
    },
    {
      key: 'welcome.reminder',
      name: 'Welcome: reminder',
      content: {
        channel: 'email',
        subject: '{{ "subject" | t }}',
        preheader: '{{ "preheader" | t }}',
        body: {
          format: 'blocks',
          blocks: [
            { type: 'heading', text: '{{ "title" | t }}' },
            { type: 'text', markdown: '{{ "body" | t: brand: brand.name }}' },
            { type: 'button', label: '{{ "open" | t }}', link: '{{ payload.url }}' },
          ],
        },
        messages: {
          en: {
            subject: 'Your workspace is waiting',
            preheader: 'The first step takes a minute',
            title: 'Shall we begin?',
            body: 'Your workspace at {brand} is ready, only the first step is missing. It takes about a minute.',
            open: 'Take the first step',
          },
          de: {
            subject: 'Ihr Arbeitsbereich wartet',
            preheader: 'Der erste Schritt dauert eine Minute',
            title: 'Wollen wir beginnen?',
            body: 'Ihr Arbeitsbereich bei {brand} ist bereit, es fehlt nur der erste Schritt. Er dauert etwa eine Minute.',
            open: 'Den ersten Schritt tun',
          },
        },
      },
    },
  ],
  workflow: {
    key: 'welcome',
    name: 'Welcome',
    category: 'onboarding',
    trigger: { event: 'user.joined' },
    steps: [
      { id: 'inbox', type: 'in_app', template: 'welcome.inbox' },
      { id: 'mail', type: 'email', template: 'welcome.email' },
      {
        id: 'started',
        type: 'wait',
        events: [{ event: 'user.started', steps: [{ id: 'done', type: 'stop', reason: 'The first step was taken' }] }],
        timeout: '2d',
        onTimeout: [{ id: 'reminder', type: 'email', template: 'welcome.reminder' }],
      },
    ],
  },
});

export const passwordReset = readyMade({
  key: 'password-reset',
  name: 'Password reset',
  description:
    'The link to choose a new password. Passes quiet hours and preferences, because somebody is waiting for it.',
  sample: {
    url: 'https://app.example.com/reset/abc123',
    minutes: 30,
    ip: '203.0.113.7',
    requestedAt: '2026-11-20T08:40:00Z',
  },
  templates: [
    {
      key: 'password-reset.email',
      name: 'Password reset: e-mail',
      content: {
        channel: 'email',
        subject: '{{ "subject" | t }}',
        preheader: '{{ "preheader" | t: minutes: payload.minutes }}',
        body: {
          format: 'blocks',
          blocks: [
            { type: 'heading', text: '{{ "title" | t }}' },
            { type: 'text', markdown: '{{ "body" | t: brand: brand.name, minutes: payload.minutes }}' },
            { type: 'button', label: '{{ "choose" | t }}', link: '{{ payload.url }}' },
            { type: 'text', muted: true, markdown: '{{ "copy" | t }}\n[{{ payload.url }}]({{ payload.url }}) ' },
            { type: 'divider' },
            {
              type: 'text',
              muted: true,
              markdown: '{{ "notYou" | t }}{% if payload.ip %} {{ "from" | t: ip: payload.ip }}{% endif %}',
            },
          ],
        },
        messages: {
          en: {
            subject: 'Choose a new password',
            preheader: 'The link works for {minutes, plural, one {# minute} other {# minutes}}',
            title: 'Choose a new password',
            body: 'Somebody asked for a new password for your account at {brand}. The link works once, and for {minutes, plural, one {# minute} other {# minutes}}.',
            choose: 'Choose a password',
            copy: 'If the button does nothing, copy this address into your browser:',
            notYou: 'It was not you? Then do nothing: your password stays as it is.',
            from: 'The request came from {ip}.',
          },
          de: {
            subject: 'Neues Passwort wählen',
            preheader: 'Der Link gilt {minutes, plural, one {# Minute} other {# Minuten}}',
            title: 'Neues Passwort wählen',
            body: 'Für Ihr Konto bei {brand} wurde ein neues Passwort angefordert. Der Link gilt einmal, und zwar {minutes, plural, one {# Minute} other {# Minuten}} lang.',
            choose: 'Passwort wählen',
            copy: 'Falls der Knopf nichts bewirkt, kopieren Sie diese Adresse in Ihren Browser:',
            notYou: 'Sie waren das nicht? Dann tun Sie nichts: Ihr Passwort bleibt, wie es ist.',
            from: 'Die Anfrage kam von {ip}.',
          },
        },
      },
    },
  ],
  workflow: {
    key: 'password-reset',
    name: 'Password reset',
    category: 'security',
    priority: 'critical',
    critical: true,
    trigger: { event: 'password.reset_requested' },
    steps: [{ id: 'mail', type: 'email', template: 'password-reset.email' }],
  },
});

export const quotaReached = readyMade({
  key: 'quota-80',
  name: 'Quota at 80 %',
  description: 'Warns once a day when most of a quota is used, before anything stops working.',
  sample: {
    quota: { key: 'messages', name: 'Messages', used: 8120, limit: 10000, resetsAt: '2026-12-01T00:00:00Z' },
    percent: 81,
    url: 'https://app.example.com/billing',
  },
  templates: [
    {
      key: 'quota-80.email',
      name: 'Quota at 80 %: e-mail',
      content: {
        channel: 'email',
        subject: '{{ "subject" | t: quota: payload.quota.name, percent: payload.percent }}',
        preheader: '{{ "preheader" | t }}',
        body: {
          format: 'blocks',
          blocks: [
            { type: 'heading', text: '{{ "title" | t: quota: payload.quota.name, percent: payload.percent }}' },
            {
              type: 'meter',
              tone: 'warning',
              percent: '{{ payload.percent | at_most: 100 }}',
              label: '{{ "used" | t: used: payload.quota.used, limit: payload.quota.limit }}',
            },
            { type: 'text', markdown: '{{ "body" | t }}' },
            {
              type: 'facts',
              if: 'payload.quota.resetsAt',
              rows: [{ label: '{{ "resets" | t }}', value: '{{ payload.quota.resetsAt | date: "long" }}' }],
            },
            { type: 'button', label: '{{ "open" | t }}', link: '{{ payload.url }}' },
          ],
        },
        messages: {
          en: {
            subject: '{quota}: {percent} % of the quota is used',
            preheader: 'Everything goes on; this is early notice',
            title: '{percent} % of {quota} is used',
            used: '{used, number} of {limit, number}',
            body: 'Everything goes on as before. At 100 % nothing more is accepted until the quota begins anew, so look at it before then.',
            resets: 'Begins anew',
            open: 'See usage and plans',
          },
          de: {
            subject: '{quota}: {percent} % des Kontingents sind verbraucht',
            preheader: 'Alles läuft weiter; das ist ein früher Hinweis',
            title: '{percent} % von {quota} sind verbraucht',
            used: '{used, number} von {limit, number}',
            body: 'Alles läuft weiter wie bisher. Bei 100 % wird nichts mehr angenommen, bis das Kontingent neu beginnt; sehen Sie es sich vorher an.',
            resets: 'Beginnt neu am',
            open: 'Verbrauch und Tarife ansehen',
          },
        },
      },
    },
    {
      key: 'quota-80.inbox',
      name: 'Quota at 80 %: inbox',
      content: {
        channel: 'in_app',
        title: '{{ "title" | t: quota: payload.quota.name, percent: payload.percent }}',
        body: '{{ "used" | t: used: payload.quota.used, limit: payload.quota.limit }}',
        link: '{{ payload.url }}',
        collapseKey: 'quota-{{ payload.quota.key }}',
        messages: {
          en: { title: '{percent} % of {quota} is used', used: '{used, number} of {limit, number}' },
          de: { title: '{percent} % von {quota} sind verbraucht', used: '{used, number} von {limit, number}' },
        },
      },
    },
  ],
  workflow: {
    key: 'quota-80',
    name: 'Quota at 80 %',
    category: 'billing',
    priority: 'high',
    trigger: { event: 'quota.reached', if: { '>=': [{ var: 'payload.percent' }, 80] } },
    steps: [
      { id: 'once', type: 'throttle', limit: 1, window: '1d', key: 'payload.quota.key' },
      { id: 'inbox', type: 'in_app', template: 'quota-80.inbox' },
      { id: 'mail', type: 'email', template: 'quota-80.email' },
    ],
  },
});
