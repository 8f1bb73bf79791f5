import type { InboxItem as Item } from '@pulsestack/client';
import { type MouseEvent, memo, useEffect, useRef } from 'react';
import type { ItemActions } from './actions.ts';
import { Avatar } from './avatar.tsx';
import { markWords } from './highlight.ts';
import { ArchiveIcon, ClockIcon, InboxIcon, MoreIcon, ReadIcon, TrashIcon, UnreadIcon } from './icons.tsx';
import { Menu, type MenuItem } from './menu.tsx';
import type { Messages } from './messages/messages.ts';
import { safeLink } from './safe-link.ts';
import { absoluteTime, presetTime, relativeTime, snoozePresets } from './time.ts';

export interface InboxItemProps {
  item: Item;
  now: number;
  messages: Messages;
  actions: ItemActions;
  /** Takes the item out of the list; the list looks after the focus. */
  leave(item: Item, act: () => void): void;
  onOpen?: (item: Item) => void;
  onFollow?: () => void;
  watchSeen(element: HTMLElement): () => void;
}

export const InboxItem = memo(function InboxItem({
  item,
  now,
  messages,
  actions,
  leave,
  onOpen,
  onFollow,
  watchSeen,
}: InboxItemProps) {
  const row = useRef<HTMLLIElement>(null);
  useEffect(() => (row.current ? watchSeen(row.current) : undefined), [watchSeen]);
  const link = safeLink(item.link);
  const title = item.highlight ? <span dangerouslySetInnerHTML={{ __html: item.highlight.title }} /> : item.title;
  const body = item.highlight ? markWords(item.bodyHtml, item.highlight.body) : item.bodyHtml;

  return (
    <li
      ref={row}
      className="ps-item"
      data-id={item.id}
      data-unread={item.readAt === null || undefined}
      data-priority={item.priority}
    >
      <Avatar item={item} />
      <div className="ps-item-content">
        <div className="ps-item-head">
          <h3 className="ps-item-title">
            {item.readAt === null && <span className="ps-unseen-text">{messages.unread}: </span>}
            {link ? (
              <a className="ps-stretched" href={link} onClick={open} dir="auto" data-item-focus>
                {title}
              </a>
            ) : (
              <button type="button" className="ps-stretched" onClick={open} dir="auto" data-item-focus>
                {title}
              </button>
            )}
          </h3>
          <time className="ps-time" dateTime={item.deliveredAt} title={absoluteTime(item.deliveredAt, messages.locale)}>
            {relativeTime(item.deliveredAt, now, messages.locale)}
          </time>
        </div>
        {item.body && (
          // The server renders the body to safe HTML and escapes everything it does not know.
          <div className="ps-body" dir="auto" dangerouslySetInnerHTML={{ __html: body }} />
        )}
        {item.image && <img className="ps-image" src={item.image} alt="" loading="lazy" />}
        {item.priority === 'critical' && <span className="ps-urgent">{messages.urgent}</span>}
        {item.actions.length > 0 && <ItemButtons item={item} actions={actions} onFollow={onFollow} />}
      </div>
      <ItemTools item={item} messages={messages} actions={actions} leave={leave} />
    </li>
  );

  function open(event: MouseEvent): void {
    actions.open(item);
    // A click with a modifier opens another tab; this page stays as it is.
    if (event.metaKey || event.ctrlKey || event.shiftKey) return;
    if (onOpen) event.preventDefault();
    onOpen?.(item);
    if (link || onOpen) onFollow?.();
  }
});

function ItemButtons({ item, actions, onFollow }: Pick<InboxItemProps, 'item' | 'actions' | 'onFollow'>) {
  const isDone = item.action !== null;
  return (
    <div className="ps-item-buttons">
      {item.actions.map(({ id, label, link, style }) => {
        const isChosen = item.action?.id === id;
        const href = safeLink(link);
        const press = () => {
          if (!isDone) actions.press(item, id);
          if (href) onFollow?.();
        };
        if (href) {
          return (
            <a key={id} className="ps-button" data-style={style} href={href} onClick={press} dir="auto">
              {label}
            </a>
          );
        }
        return (
          <button
            key={id}
            type="button"
            className="ps-button"
            data-style={isDone ? 'secondary' : style}
            data-chosen={isChosen || undefined}
            disabled={isDone}
            onClick={press}
            dir="auto"
          >
            {isChosen && <ReadIcon />}
            {label}
          </button>
        );
      })}
    </div>
  );
}

/** The same actions twice: as buttons where a pointer can hover, as one menu where a thumb has to hit. */
function ItemTools({
  item,
  messages,
  actions,
  leave,
}: Pick<InboxItemProps, 'item' | 'messages' | 'actions' | 'leave'>) {
  const isUnread = item.readAt === null;
  const isArchived = item.archivedAt !== null;
  const readLabel = isUnread ? messages.markRead : messages.markUnread;
  const archiveLabel = isArchived ? messages.unarchive : messages.archive;
  const archive = () => leave(item, () => actions.toggleArchived(item));
  const remove = () => leave(item, () => actions.remove(item));
  const snoozes = (): MenuItem[] =>
    snoozePresets(new Date()).map((preset) => ({
      key: preset.name,
      label: messages.presets[preset.name],
      detail: presetTime(preset, messages.locale),
      onSelect: () => leave(item, () => actions.snooze(item, preset.until)),
    }));

  return (
    <>
      <div className="ps-item-tools">
        <button
          type="button"
          className="ps-tool"
          aria-label={readLabel}
          title={readLabel}
          onClick={() => actions.toggleRead(item)}
        >
          {isUnread ? <ReadIcon /> : <UnreadIcon />}
        </button>
        <button type="button" className="ps-tool" aria-label={archiveLabel} title={archiveLabel} onClick={archive}>
          {isArchived ? <InboxIcon /> : <ArchiveIcon />}
        </button>
        {!isArchived && (
          <Menu label={messages.snooze} icon={<ClockIcon />} className="ps-tool" groups={[{ items: snoozes() }]} />
        )}
        <button type="button" className="ps-tool" aria-label={messages.delete} title={messages.delete} onClick={remove}>
          <TrashIcon />
        </button>
      </div>
      <div className="ps-item-more">
        <Menu
          label={messages.more}
          icon={<MoreIcon />}
          className="ps-tool"
          groups={[
            {
              items: [
                {
                  key: 'read',
                  label: readLabel,
                  icon: isUnread ? <ReadIcon /> : <UnreadIcon />,
                  onSelect: () => actions.toggleRead(item),
                },
                {
                  key: 'archive',
                  label: archiveLabel,
                  icon: isArchived ? <InboxIcon /> : <ArchiveIcon />,
                  onSelect: archive,
                },
              ],
            },
            ...(isArchived ? [] : [{ title: messages.snooze, items: snoozes() }]),
            {
              items: [
                { key: 'delete', label: messages.delete, icon: <TrashIcon />, isDangerous: true, onSelect: remove },
              ],
            },
          ]}
        />
      </div>
    </>
  );
}
