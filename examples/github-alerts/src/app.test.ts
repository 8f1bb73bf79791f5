import { createHmac, randomUUID } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { PulseStack } from '@pulsestack/node';
import { type TestApp, testApp } from 'pulsestack/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createAlerts } from './app.ts';

const SECRET = 'It is a secret to everybody';

describe('github-alerts', () => {
  let app: TestApp;
  let alerts: Server;
  let url: string;

  beforeAll(async () => {
    app = await testApp();
    alerts = createAlerts({ pulse: new PulseStack({ key: app.home.key, url: await app.url() }), secret: SECRET });
    await new Promise<void>((resolve) => alerts.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(alerts.address() as AddressInfo).port}`;
  });
  afterAll(async () => {
    alerts.closeAllConnections();
    alerts.close();
    await app.close();
  });

  const fixture = (name: string) => readFileSync(new URL(`../fixtures/${name}.json`, import.meta.url), 'utf8');
  const sign = (body: string, secret = SECRET) => `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`;

  async function deliver(
    event: string,
    body: string,
    { id = randomUUID(), signature = sign(body) }: { id?: string; signature?: string } = {},
  ) {
    const response = await fetch(`${url}/github`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'x-github-event': event,
        'x-github-delivery': id,
        'x-hub-signature-256': signature,
      },
      body,
    });
    return { status: response.status, body: await response.json() };
  }

  async function watch(user: string, repo: string, secret = SECRET) {
    const response = await fetch(`${url}/watch`, {
      method: 'POST',
      headers: { authorization: `Bearer ${secret}` },
      body: JSON.stringify({ user, repo }),
    });
    return { status: response.status, body: await response.json() };
  }

  async function inboxOf(user: string) {
    await app.settle();
    return (await app.call('GET', '/v1/inbox', { as: await app.home.user(user) })).body.items;
  }

  it('tells those who watch a repository about every kind of event, and nobody else', async () => {
    expect(await watch('ada', 'Acme/API')).toEqual({ status: 200, body: { user: 'ada', watches: 'repo:acme.api' } });
    await watch('grace', 'acme/web');
    for (const name of readdirSync(new URL('../fixtures/', import.meta.url))) {
      const event = name.replace('.json', '');
      const { status } = await deliver(event, fixture(event));
      expect([event, status]).toEqual([event, event === 'ping' ? 200 : 202]);
    }

    const items = await inboxOf('ada');
    expect(Object.fromEntries(items.map((item: { type: string }) => [item.type, item]))).toMatchObject({
      'github.push': {
        title: 'ada-codes pushed 2 commits to main',
        category: 'code',
        priority: 'normal',
        link: expect.stringContaining('/compare/'),
      },
      'github.issues.opened': {
        title: 'Issue #341 opened: Cursor of a deleted item is refused',
        category: 'issues',
        link: 'https://github.com/acme/api/issues/341',
      },
      'github.pull_request.merged': {
        title: 'Pull request #342 merged: Resume a list after its last item was deleted',
        category: 'pull-requests',
      },
      'github.release.published': { title: 'acme/api v2.4.0 is out', category: 'releases' },
      'github.workflow_run.failure': {
        title: 'CI failed on main',
        category: 'ci',
        priority: 'high',
        data: { repository: 'acme/api' },
      },
    });
    expect(items).toHaveLength(5);
    expect(await inboxOf('grace')).toEqual([]);
  });

  it('does not double a delivery that GitHub sends again', async () => {
    await watch('linus', 'acme/api');
    const id = randomUUID();
    const first = await deliver('release', fixture('release'), { id });
    const again = await deliver('release', fixture('release'), { id });

    expect(again).toEqual(first);
    expect(await inboxOf('linus')).toHaveLength(1);
  });

  it('refuses a delivery that is signed with another secret, or changed on its way, or not signed', async () => {
    const body = fixture('push');

    expect(await deliver('push', body, { signature: sign(body, 'guess') })).toMatchObject({ status: 401 });
    expect(await deliver('push', body.replace('ada-codes', 'mallory'), { signature: sign(body) })).toMatchObject({
      status: 401,
    });
    expect(await deliver('push', body, { signature: '' })).toMatchObject({ status: 401 });
    expect(await watch('mallory', 'acme/api', 'guess')).toMatchObject({ status: 401 });
  });

  it('takes note of events that it does not know, and of those that are no news, without telling anybody', async () => {
    await watch('quiet', 'acme/quiet');
    const payload = { ...JSON.parse(fixture('push')), ref: 'refs/tags/v1', repository: { full_name: 'acme/quiet' } };

    expect(await deliver('star', '{"action":"created"}')).toEqual({ status: 202, body: { ignored: 'star' } });
    expect(await deliver('constructor', '{}')).toEqual({ status: 202, body: { ignored: 'constructor' } });
    expect(await deliver('push', JSON.stringify(payload))).toEqual({ status: 202, body: { ignored: 'push' } });
    expect(await inboxOf('quiet')).toEqual([]);
  });

  it('says what is wrong with a body that is signed but not what GitHub sends', async () => {
    expect(await deliver('push', 'payload=%7B%7D')).toMatchObject({
      status: 400,
      body: { error: expect.stringContaining('application/json') },
    });
    expect(await deliver('issues', '{"action":"opened"}')).toEqual({
      status: 400,
      body: { error: 'the payload has no issue.number' },
    });
    expect(await watch('not an id', 'acme/api')).toMatchObject({
      status: 400,
      body: { error: expect.stringContaining('/users/0') },
    });
    expect(await watch('ada', 'not a repository')).toMatchObject({ status: 400 });
  });

  it('shows what strangers wrote as what they wrote', async () => {
    await watch('careful', 'acme/open');
    const payload = JSON.parse(fixture('push'));
    payload.repository.full_name = 'acme/open';
    payload.commits = [{ ...payload.commits[0], message: '[click](https://evil.example) <b>me</b>\n\nrest' }];
    await deliver('push', JSON.stringify(payload));
    const issue = { ...JSON.parse(fixture('issues')), repository: { full_name: 'acme/open' } };
    issue.issue.title = '😀'.repeat(120);
    await deliver('issues', JSON.stringify(issue));

    const items: { type: string; title: string; bodyHtml: string }[] = await inboxOf('careful');
    const pushed = items.find((item) => item.type === 'github.push');
    const opened = items.find((item) => item.type === 'github.issues.opened');
    expect(pushed?.bodyHtml).toContain('[click](');
    expect(pushed?.bodyHtml).toContain('&lt;b&gt;me&lt;/b&gt;');
    expect(pushed?.bodyHtml).not.toContain('>click</a>');
    expect(opened?.title).toMatch(/^Issue #341 opened: (😀)+…$/u);
    expect(opened?.title.length).toBeLessThanOrEqual(200);
  });

  it('keeps one unread line for a workflow on a branch, the newest', async () => {
    await watch('ci-watcher', 'acme/ci');
    const run = (conclusion: string, run_number: number) => {
      const payload = JSON.parse(fixture('workflow_run'));
      return JSON.stringify({
        ...payload,
        repository: { id: 7, full_name: 'acme/ci' },
        workflow_run: { ...payload.workflow_run, conclusion, run_number },
      });
    };
    await deliver('workflow_run', run('failure', 1));
    await app.settle();
    await deliver('workflow_run', run('success', 2));

    expect(await inboxOf('ci-watcher')).toMatchObject([
      { title: 'CI passed on main', body: expect.stringContaining('Run 2'), priority: 'low' },
    ]);
  });

  it('accepts a delivery of a repository that nobody watches yet', async () => {
    const payload = { ...JSON.parse(fixture('release')), repository: { full_name: 'acme/new' } };

    expect(await deliver('release', JSON.stringify(payload))).toMatchObject({ status: 202 });
  });
});
