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
export function MailFrame({ html: source, text, title, theme = 'light', className }: MailFrameProps) {
  const html = source === undefined ? undefined : inTheme(source, theme);
  const page = `<!doctype html><meta http-equiv="Content-Security-Policy" content="${POLICY}"><meta name="referrer" content="no-referrer"><base target="_blank"><style>:root{color-scheme:${theme}}body{${theme === 'dark' ? 'background:#121212;color:#e8e8e8' : 'background:#fff;color:#111'}}</style>${html ?? `<pre style="white-space:pre-wrap;font:14px/1.5 system-ui;padding:8px">${escapeHtml(text)}</pre>`}`;
  return (
    <iframe
      title={title}
      sandbox="allow-popups allow-popups-to-escape-sandbox"
      srcDoc={page}
      // Controls and scroll bars of a mail without colours of its own follow it.
      style={{ colorScheme: theme }}
      className={clsx('block w-full border-0', className)}
    />
  );
}

/** Answers what the mail asks of its reader's theme: not every browser lets a frame have one of its own. */
function inTheme(html: string, theme: 'light' | 'dark'): string {
  return html.replace(/\(\s*prefers-color-scheme\s*:\s*(dark|light)\s*\)/g, (_all, asked: string) =>
    asked === theme ? '(min-width:0)' : '(max-width:0)',
  );
}

function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
