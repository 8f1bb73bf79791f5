import { clsx } from 'clsx';

/** Nothing in a mail may run, and nothing it loads learns where it is read. */
const POLICY =
  "default-src 'none'; img-src https: http: data: cid:; style-src 'unsafe-inline' https:; font-src https: data:";

interface MailFrameProps {
  html?: string | undefined;
  text: string;
  title: string;
  theme?: 'light' | 'dark';
  className?: string;
}

/** A mail in a frame without scripts, forms and an origin; without HTML, its text. */
export function MailFrame({ html, text, title, theme = 'light', className }: MailFrameProps) {
  const page = `<!doctype html><meta http-equiv="Content-Security-Policy" content="${POLICY}"><meta name="referrer" content="no-referrer"><base target="_blank"><style>:root{color-scheme:${theme}}body{${theme === 'dark' ? 'background:#121212;color:#e8e8e8' : 'background:#fff;color:#111'}}</style>${html ?? `<pre style="white-space:pre-wrap;font:14px/1.5 system-ui;padding:8px">${escapeHtml(text)}</pre>`}`;
  return (
    <iframe
      title={title}
      sandbox="allow-popups allow-popups-to-escape-sandbox"
      srcDoc={page}
      // What a mail asks of `prefers-color-scheme` follows the scheme of its frame.
      style={{ colorScheme: theme }}
      className={clsx('block w-full border-0', className)}
    />
  );
}

function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
