import { NotificationInput } from '@pulsestack/core';
import { describe, expect, it } from 'vitest';
import { type Composed, composerChecks, EMPTY, previewable, toDraft } from './draft.ts';

const composed: Composed = { ...EMPTY, users: ['ada'], title: ' Approve? ' };

describe('what the composer sends', () => {
  it('leaves out what was left empty', () => {
    expect(toDraft(composed)).toEqual({ audience: { users: ['ada'] }, title: 'Approve?' });
  });

  it('fits the contract with everything filled in', () => {
    const draft = toDraft({
      ...composed,
      audience: 'topic',
      topic: 'repo:acme.api',
      body: '**now**',
      category: 'approvals',
      priority: 'high',
      link: '/orders/42',
      image: 'https://example.com/a.png',
      expiresAt: '2099-01-01T10:00',
      actions: [
        { label: 'Zustimmen', link: '', style: 'primary' },
        { label: 'Zustimmen', link: 'https://example.com', style: 'danger' },
        { label: '後で', link: '', style: 'secondary' },
      ],
    });
    expect(NotificationInput.safeParse(draft).error).toBeUndefined();
    expect(draft.actions?.map(({ id }) => id)).toEqual(['zustimmen', 'zustimmen-2', 'action-3']);
  });

  it('asks for no preview before there is somebody and something', () => {
    expect(previewable(EMPTY)).toBeNull();
    expect(previewable({ ...composed, title: '' })).toBeNull();
    expect(previewable(composed)).not.toBeNull();
    expect(previewable({ ...EMPTY, audience: 'everyone', title: 'Hi' })).toEqual({
      audience: { everyone: true },
      title: 'Hi',
    });
  });

  it('refuses links that run code, and instants that are over', () => {
    expect(composerChecks.link('javascript:alert(1)')).toBeDefined();
    expect(composerChecks.link('//evil.example')).toBeDefined();
    expect(composerChecks.link('/orders/42')).toBeUndefined();
    expect(composerChecks.expiresAt('2001-01-01T10:00')).toBeDefined();
  });
});
