import type { Channel } from '@pulsestack/core';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import {
  canChange,
  changePreferences,
  getPreferences,
  type LinkSubject,
  loadPreferences,
  pageUrl,
  readLink,
  signLink,
  unsubscribePatch,
} from '../../../features/preferences/index.ts';
import { type Context, workContext } from '../../../kernel/context.ts';
import { ProductError } from '../../../kernel/errors.ts';
import type { Runtime } from '../../../kernel/runtime.ts';
import { PAUSES, patchOf } from './form.ts';
import { html } from './html.ts';
import { frame, type Notice, noticeOf, preferencesBody, SCRIPT } from './page.ts';
import { type Words, wordsFor } from './words.ts';

const HOUR_MS = 3_600_000;
const MAX_FORM_BYTES = 64 * 1024;

/**
 * The pages behind the links in messages. They need no sign-in and no script: the link itself, signed and with an end, says
 * whose preferences they are.
 */
export async function addPreferencePages(server: FastifyInstance, runtime: Runtime): Promise<void> {
  // In a scope of its own, because no operation takes a form. A mail provider may send its one click in any type.
  await server.register(async (scope) => {
    scope.addContentTypeParser('*', { parseAs: 'string', bodyLimit: MAX_FORM_BYTES }, (_request, body, done) =>
      done(null, body),
    );

    scope.get<{ Querystring: { token?: string } }>('/preferences', async (request, reply) => {
      const token = String(request.query.token ?? '');
      const link = readLink(runtime, 'preferences', token);
      return link ? showPreferences(runtime, request, reply, link, token, null) : refuse(runtime, request, reply);
    });

    scope.post<{ Querystring: { token?: string } }>('/preferences', async (request, reply) => {
      const token = String(request.query.token ?? '');
      const link = readLink(runtime, 'preferences', token);
      if (!link) return refuse(runtime, request, reply);
      const words = await wordsOf(runtime, request, link);
      const form = formOf(request);
      const saved = await asUser(runtime, request, link, async (ctx) => {
        const patch = patchOf(form, await getPreferences(ctx, link.userId), ctx.clock.now());
        if (patch) await changePreferences(ctx, link.userId, patch, 'page');
        return patch !== null;
      }).catch(unlessRefused);
      const notice: Notice = saved ? { kind: 'good', text: words.saved } : { kind: 'bad', text: words.badForm };
      return showPreferences(runtime, request, reply.code(saved ? 200 : 400), link, token, notice);
    });

    // A wildcard, because the token of a user with a long id is longer than any ordinary part of a path.
    scope.get<{ Params: { '*': string } }>('/u/*', async (request, reply) => {
      const link = readLink(runtime, 'unsubscribe', request.params['*']);
      return link ? showUnsubscribe(runtime, request, reply, link, null) : refuse(runtime, request, reply);
    });

    scope.post<{ Params: { '*': string } }>('/u/*', async (request, reply) => {
      const link = readLink(runtime, 'unsubscribe', request.params['*']);
      if (!link) return refuse(runtime, request, reply);
      const words = await wordsOf(runtime, request, link);
      // One click of a mail program names no choice of ours: it means this kind of message.
      const choice = formOf(request).get('choice') ?? 'category';
      if (!isChoice(choice)) {
        const notice: Notice = { kind: 'bad', text: words.badForm };
        return showUnsubscribe(runtime, request, reply.code(400), link, notice);
      }
      const done = await asUser(runtime, request, link, (ctx) => unsubscribe(ctx, link, choice)).catch(unlessRefused);
      const category = await categoryName(runtime, link);
      const channel = words.channels[link.channel];
      if (!done) {
        const notice: Notice = { kind: 'bad', text: words.mandatory(category) };
        return showUnsubscribe(runtime, request, reply.code(409), link, notice);
      }
      const texts: Record<Choice, string> = {
        category: words.stopped(category),
        digest: words.digested,
        snooze: words.snoozed,
        all: words.stoppedAll(channel),
      };
      return showUnsubscribe(runtime, request, reply, link, { kind: 'good', text: texts[choice] });
    });
  });
}

const CHOICES = ['category', 'digest', 'snooze', 'all'] as const;
type Choice = (typeof CHOICES)[number];

function isChoice(text: string): text is Choice {
  return (CHOICES as readonly string[]).includes(text);
}

/** Does what the person pressed; false when the workspace does not let users change it. */
async function unsubscribe(ctx: Context, link: LinkSubject, choice: Choice): Promise<boolean> {
  const wanted = (await loadPreferences(ctx.tx, ctx.workspaceId, [link.userId])).get(link.userId);
  if (!wanted) return false;
  const { category, channel } = link;
  if (choice !== 'all' && !canChange(wanted.rules, { channel, category, workflow: link.workflow })) return false;
  await changePreferences(
    ctx,
    link.userId,
    ({ choices }) => {
      if (choice === 'snooze') {
        const until = new Date(ctx.clock.nowMs() + (PAUSES.month ?? 0)).toISOString();
        return { categories: { [category]: { snoozedUntil: until } } };
      }
      if (choice === 'digest')
        return { categories: { [category]: { cadence: { every: 'weekly', weekday: 1, at: '08:00' } } } };
      return unsubscribePatch(choices, choice === 'all' ? 'all' : 'category', link);
    },
    'unsubscribe',
  );
  return true;
}

async function showPreferences(
  runtime: Runtime,
  request: FastifyRequest,
  reply: FastifyReply,
  link: LinkSubject,
  token: string,
  notice: Notice | null,
): Promise<FastifyReply> {
  const words = await wordsOf(runtime, request, link);
  const preferences = await asUser(runtime, request, link, (ctx) => getPreferences(ctx, link.userId)).catch(
    unlessRefused,
  );
  if (!preferences) return refuse(runtime, request, reply);
  const body = preferencesBody(words, preferences, `/preferences?token=${encodeURIComponent(token)}`, notice);
  return answer(runtime, reply, words, words.title, body, SCRIPT);
}

async function showUnsubscribe(
  runtime: Runtime,
  request: FastifyRequest,
  reply: FastifyReply,
  link: LinkSubject,
  notice: Notice | null,
): Promise<FastifyReply> {
  const words = await wordsOf(runtime, request, link);
  const category = await categoryName(runtime, link);
  const channel = words.channels[link.channel satisfies Channel];
  const page = pageUrl(runtime, signLink(runtime, 'preferences', link, new Date(runtime.clock.nowMs() + HOUR_MS)));
  const choices = [
    ['category', words.stopCategory(category)],
    ['digest', words.stopDigest],
    ['snooze', words.stopSnooze],
    ['all', words.stopAll(channel)],
  ] as const;
  const body = html`<h1>${words.stopTitle(category)}</h1><p>${words.stopHelp(channel)}</p>
<div role="status">${noticeOf(notice)}</div>
${
  notice?.kind !== 'good' &&
  html`<form method="post" class="stack">${choices.map(([choice, text], i) => html`<button name="choice" value="${choice}"${i > 0 && html` class="plain"`}>${text}</button>`)}</form>`
}
<p><a href="${page}">${words.manage}</a></p>`;
  return answer(runtime, reply, words, words.stopTitle(category), body);
}

/** The same page for every link that is wrong, whatever is wrong with it. */
function refuse(runtime: Runtime, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const words = wordsFor(null, request.headers['accept-language']);
  const body = html`<h1>${words.linkOver}</h1><p>${words.linkOverHelp}</p>`;
  return answer(runtime, reply.code(404), words, words.linkOver, body);
}

function answer(
  runtime: Runtime,
  reply: FastifyReply,
  words: Words,
  title: string,
  body: ReturnType<typeof html>,
  script?: string,
): FastifyReply {
  const nonce = runtime.randomBytes(16).toString('base64url');
  return reply
    .header(
      'content-security-policy',
      `default-src 'none'; style-src 'nonce-${nonce}'; script-src 'nonce-${nonce}'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'`,
    )
    .header('cache-control', 'no-store')
    .header('content-language', words.lang)
    .type('text/html; charset=utf-8')
    .send(frame(words, title, body, nonce, script));
}

async function wordsOf(runtime: Runtime, request: FastifyRequest, link: LinkSubject): Promise<Words> {
  const wanted = await runtime.db.inWorkspace(link.workspaceId, (tx) =>
    loadPreferences(tx, link.workspaceId, [link.userId]),
  );
  return wordsFor(wanted.get(link.userId)?.locale ?? null, request.headers['accept-language']);
}

async function categoryName(runtime: Runtime, { workspaceId, userId, category }: LinkSubject): Promise<string> {
  const wanted = await runtime.db.inWorkspace(workspaceId, (tx) => loadPreferences(tx, workspaceId, [userId]));
  return wanted.get(userId)?.rules.categories.get(category)?.name ?? category;
}

/** Whoever holds the link acts as its user, and for nothing but preferences. */
function asUser<T>(
  runtime: Runtime,
  request: FastifyRequest,
  { workspaceId, userId }: LinkSubject,
  story: (ctx: Context) => Promise<T>,
): Promise<T> {
  return runtime.db.inWorkspace(workspaceId, (tx) =>
    story({
      ...workContext(runtime, workspaceId, request.id, tx),
      principal: { kind: 'user', id: userId, workspaceId, expiresAtMs: runtime.clock.nowMs() },
      ip: request.ip ?? null,
      userAgent: request.headers['user-agent']?.slice(0, 300) ?? null,
    }),
  );
}

function formOf(request: FastifyRequest): URLSearchParams {
  return new URLSearchParams(typeof request.body === 'string' ? request.body : '');
}

/** A refusal becomes a page; everything else is a failure like any other. */
function unlessRefused(error: unknown): null {
  if (error instanceof ProductError && error.status < 500) return null;
  throw error;
}
