import type { Notice } from './actions.ts';
import { CloseIcon } from './icons.tsx';
import type { Messages } from './messages/messages.ts';

interface NoticeBarProps {
  notice: Notice | null;
  messages: Messages;
  onDismiss(): void;
}

export function NoticeBar({ notice, messages, onDismiss }: NoticeBarProps) {
  return (
    <div className="ps-notice-place">
      <output>
        {notice && (
          <div className="ps-notice" data-kind={notice.kind}>
            <span>{wordsOf(notice, messages)}</span>
            {notice.undo && (
              <button type="button" className="ps-notice-undo" onClick={notice.undo}>
                {messages.undo}
              </button>
            )}
            <button type="button" className="ps-tool" aria-label={messages.dismiss} onClick={onDismiss}>
              <CloseIcon />
            </button>
          </div>
        )}
      </output>
    </div>
  );
}

function wordsOf({ kind }: Notice, messages: Messages): string {
  if (kind === 'undone') return messages.undone;
  if (kind === 'refused') return messages.refused;
  return messages.done[kind];
}
