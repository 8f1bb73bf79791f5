/**
 * How e-mails look. Styles stand in the elements, because many mail programs drop style sheets; classes serve dark mode only.
 * Words like `@@link@@` are replaced with the colours of the workspace when a message is put together.
 */
interface Style {
  css: string;
  name: string;
}

export const FONT = "-apple-system,BlinkMacSystemFont,'Segoe UI',Roboto,'Helvetica Neue',Arial,sans-serif";
const MONO = 'ui-monospace,SFMono-Regular,Menlo,Consolas,monospace';
const INK = '#18181b';
const MUTED = '#63636b';
const LINE = '#e4e4e7';

const style = (name: string, css: string): Style => ({ name, css });
const buttonOf = (name: string, background: string, text: string, border: string) => ({
  name,
  cell: `background:${background};border:1px solid ${border};border-radius:8px`,
  css: `display:inline-block;padding:12px 22px;font-family:${FONT};font-size:15px;line-height:20px;font-weight:600;color:${text};text-decoration:none;border-radius:8px`,
});

export const STYLES = {
  h1: style(
    'ps-ink',
    `margin:0 0 16px;font-size:24px;line-height:32px;font-weight:700;letter-spacing:-0.02em;color:${INK}`,
  ),
  h2: style(
    'ps-ink',
    `margin:24px 0 12px;font-size:19px;line-height:26px;font-weight:700;letter-spacing:-0.01em;color:${INK}`,
  ),
  h3: style('ps-ink', `margin:20px 0 8px;font-size:16px;line-height:24px;font-weight:600;color:${INK}`),
  paragraph: style('ps-ink', `margin:0 0 16px;font-size:16px;line-height:26px;color:${INK}`),
  muted: style('ps-muted', `margin:0 0 16px;font-size:14px;line-height:22px;color:${MUTED}`),
  list: style('ps-ink', `margin:0 0 16px;padding-inline-start:24px;font-size:16px;line-height:26px;color:${INK}`),
  item: style('', 'margin:0 0 6px'),
  quote: style('ps-quote', `margin:0 0 16px;padding:2px 16px;border-inline-start:3px solid ${LINE};color:${MUTED}`),
  table: style(
    'ps-ink data',
    `width:100%;margin:0 0 16px;border-collapse:collapse;font-size:15px;line-height:22px;color:${INK}`,
  ),
  th: style('ps-line', `padding:8px 12px 8px 0;text-align:start;border-bottom:1px solid ${LINE};font-weight:600`),
  td: style('ps-line', `padding:8px 12px 8px 0;border-bottom:1px solid ${LINE}`),
  rule: style('ps-line', `margin:24px 0;border:0;border-top:1px solid ${LINE}`),
  code: style(
    'ps-code',
    `padding:1px 5px;border-radius:4px;background:#f4f4f5;font-family:${MONO};font-size:14px;color:${INK}`,
  ),
  pre: style(
    'ps-code',
    `margin:0 0 16px;padding:14px 16px;border-radius:8px;background:#f4f4f5;font-family:${MONO};font-size:13px;line-height:20px;color:${INK};white-space:pre-wrap;word-break:break-word`,
  ),
  link: style('ps-link', 'color:@@link@@;text-decoration:underline'),
  image: style('', 'display:block;max-width:100%;height:auto;border:0;border-radius:8px'),
  label: style('ps-muted', `font-size:14px;line-height:20px;color:${MUTED}`),
  value: style('ps-ink', `font-size:15px;line-height:20px;color:${INK}`),
  buttons: {
    primary: buttonOf('ps-primary', '@@colour@@', '@@on@@', '@@colour@@'),
    secondary: buttonOf('ps-secondary', '#ffffff', INK, '#d4d4d8'),
    danger: buttonOf('ps-danger', '#c62828', '#ffffff', '#c62828'),
  },
} as const;

/** Background, ink and bar of what stands out; on light and on dark ground. */
export const TONES = {
  info: { ground: '#eef2ff', ink: '#312e81', bar: '#4f46e5', darkGround: '#1e1b3a', darkInk: '#c7d2fe' },
  success: { ground: '#ecfdf3', ink: '#14532d', bar: '#15803d', darkGround: '#10261a', darkInk: '#bbf7d0' },
  warning: { ground: '#fffaeb', ink: '#713f12', bar: '#b45309', darkGround: '#2b2110', darkInk: '#fde68a' },
  danger: { ground: '#fef2f2', ink: '#7f1d1d', bar: '#c62828', darkGround: '#2d1517', darkInk: '#fecaca' },
} as const;

const darkTones = Object.entries(TONES)
  .map(
    ([name, tone]) =>
      `.ps-${name}-box{background:${tone.darkGround}!important;color:${tone.darkInk}!important}.ps-${name}-box p{color:${tone.darkInk}!important}`,
  )
  .join('\n');

const DARK_CONTENT = `.ps-ink{color:#f4f4f5!important}
.ps-muted,.ps-quote{color:#a6a6b0!important}
.ps-line,.ps-quote{border-color:#34343b!important}
.ps-code,.ps-track{background:#26262b!important;color:#f4f4f5!important}
.ps-link{color:@@linkDark@@!important}
.ps-secondary{background:#26262b!important;color:#f4f4f5!important;border-color:#45454d!important}
${darkTones}`;

const DARK = `.ps-page{background:#0b0b0e!important}
.ps-card{background:#18181b!important;border-color:#2e2e34!important}
.ps-logo{display:none!important}
.ps-logo-dark{display:block!important;max-height:none!important;overflow:visible!important}
${DARK_CONTENT}`;

/** A layout that has a dark side of its own: what Markdown and blocks look like there, unless it says so itself. */
export function withDarkContent(html: string): string {
  if (!/prefers-color-scheme\s*:\s*dark/i.test(html)) return html;
  return html.replace(
    /<head\b[^>]*>/i,
    (head) => `${head}<style>@media (prefers-color-scheme:dark){${DARK_CONTENT}}</style>`,
  );
}

/** The style sheet of the built-in layout. */
export const SHEET = `:root{color-scheme:light dark;supported-color-schemes:light dark}
body{margin:0;padding:0;width:100%;-webkit-text-size-adjust:100%;-ms-text-size-adjust:100%}
table{border-spacing:0;mso-table-lspace:0;mso-table-rspace:0}
img{-ms-interpolation-mode:bicubic}
a[x-apple-data-detectors]{color:inherit!important;text-decoration:none!important}
@media (max-width:620px){.ps-card{padding:28px 20px 8px!important;border-radius:0!important;border-left:0!important;border-right:0!important}.ps-outer{padding:0 0 24px!important}.ps-side{padding-left:20px!important;padding-right:20px!important}.ps-column{display:block!important;width:100%!important;max-width:100%!important}}
@media (prefers-color-scheme:dark){${DARK}}
${DARK.split('\n')
  .map((rule) => rule.replace(/(^|\}|,)(?=\.ps-)/g, '$1[data-ogsc] '))
  .join('\n')}`;
