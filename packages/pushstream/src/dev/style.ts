export const STYLE = `
:root { --text: oklch(25% .01 260); --quiet: oklch(48% .01 260); --page: oklch(99% 0 0); --card: #fff; --line: oklch(90% .005 260); --accent: oklch(50% .17 262); --on-accent: #fff; --hover: oklch(97% .005 260); --good: oklch(48% .13 150); --warn: oklch(52% .12 65); --bad: oklch(50% .18 25); }
@media (prefers-color-scheme: dark) { :root { --text: oklch(93% .005 260); --quiet: oklch(72% .01 260); --page: oklch(18% .008 260); --card: oklch(21% .008 260); --line: oklch(32% .01 260); --accent: oklch(76% .12 262); --on-accent: oklch(18% .02 262); --hover: oklch(25% .01 260); --good: oklch(78% .14 150); --warn: oklch(80% .12 75); --bad: oklch(74% .14 25); } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--page); color: var(--text); font: 13px/1.5 Inter, system-ui, sans-serif; }
header { display: flex; flex-wrap: wrap; align-items: baseline; gap: 4px 16px; padding: 16px 24px; border-bottom: 1px solid var(--line); }
h1 { margin: 0; font-size: 16px; } h2 { margin: 0 0 12px; font-size: 14px; }
header p { margin: 0; color: var(--quiet); } header p[data-state=open] { color: var(--good); } header p[data-state=lost] { color: var(--bad); }
dl { display: flex; flex-wrap: wrap; gap: 4px 20px; margin: 0 0 0 auto; } dl div { display: flex; gap: 6px; } dt { color: var(--quiet); } dd { margin: 0; font-variant-numeric: tabular-nums; }
main { display: grid; grid-template-columns: minmax(0, 1fr); gap: 24px; padding: 24px; max-width: 1440px; }
section { padding: 16px; border: 1px solid var(--line); border-radius: 10px; background: var(--card); }
output { color: var(--quiet); font-weight: normal; }
.scroll { overflow: auto; max-height: 280px; } .tall { max-height: 420px; }
table { width: 100%; border-collapse: collapse; } th, td { padding: 6px 12px 6px 0; border-bottom: 1px solid var(--line); text-align: left; white-space: nowrap; vertical-align: middle; }
th { position: sticky; top: 0; background: var(--card); color: var(--quiet); font-weight: 500; } .number { text-align: right; font-variant-numeric: tabular-nums; }
#events tr { cursor: pointer; } #events tr:hover { background: var(--hover); }
#events button { padding: 0; border: 0; background: none; color: inherit; font: inherit; min-height: 0; text-decoration: underline; text-decoration-color: var(--line); }
td.data { max-width: 380px; overflow: hidden; text-overflow: ellipsis; } code, pre, td.data, td.cursor { font-family: "JetBrains Mono", ui-monospace, monospace; font-size: 12px; }
pre { overflow: auto; max-height: 240px; margin: 0 0 12px; padding: 12px; border-radius: 6px; background: var(--hover); }
.bar, form { display: flex; flex-wrap: wrap; align-items: center; gap: 8px 12px; margin-bottom: 12px; } form { align-items: end; margin: 0; }
label { display: flex; flex-direction: column; gap: 4px; color: var(--quiet); } .bar label { flex-direction: row; align-items: center; } label.wide { flex: 1 1 100%; }
input, select, textarea, button { min-height: 32px; padding: 4px 10px; border: 1px solid var(--line); border-radius: 6px; background: var(--card); color: var(--text); font: inherit; }
input:disabled { opacity: .5; } textarea { font-family: "JetBrains Mono", ui-monospace, monospace; font-size: 12px; } button { cursor: pointer; } button:hover { background: var(--hover); }
button.primary { border-color: var(--accent); background: var(--accent); color: var(--on-accent); } button[aria-pressed=true] { border-color: var(--accent); color: var(--accent); }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
.live, .handed { color: var(--good); } .catchup, .waiting { color: var(--warn); } .closing, .failed { color: var(--bad); } .quiet { color: var(--quiet); }
.empty { margin: 12px 0; color: var(--quiet); } .hidden { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
@media (pointer: coarse) { input, select, button { min-height: 44px; } }
@media (max-width: 700px) { header, main { padding: 16px; } dl { margin: 0; } }
`;
