/** Light and dark, from 320 pixels on, by logical sides so that it reads from right to left as well. */
export const STYLE = `
:root{color-scheme:light dark;--back:#f6f7f9;--card:#fff;--text:#1a1d24;--soft:#5a6272;--line:#dfe3ea;--accent:#3b4fd8;--on-accent:#fff;--good:#0f6b43;--good-back:#e4f5ec;--bad:#9b1c1c;--bad-back:#fdeaea}
@media (prefers-color-scheme:dark){:root{--back:#12141a;--card:#1b1e27;--text:#eceef3;--soft:#a5adbd;--line:#343a48;--accent:#94a3ff;--on-accent:#12141a;--good:#7fe0b0;--good-back:#12301f;--bad:#ffb0b0;--bad-back:#3a1717}}
*{box-sizing:border-box}
body{margin:0;background:var(--back);color:var(--text);font:16px/1.5 system-ui,sans-serif}
main{max-width:40rem;margin:0 auto;padding:1.5rem 1rem 4rem}
h1{font-size:1.5rem;line-height:1.25;margin:0 0 .25rem;overflow-wrap:anywhere}
p{margin:.25rem 0 1rem;color:var(--soft)}
fieldset{margin:0 0 1rem;padding:1rem;border:1px solid var(--line);border-radius:.75rem;background:var(--card);min-width:0}
legend{padding:0;float:inline-start;width:100%;font-weight:600;overflow-wrap:anywhere}
legend+*{clear:both}
ul{list-style:none;margin:0;padding:0;display:flex;flex-wrap:wrap;gap:.25rem 1.25rem}
label{display:inline-flex;align-items:center;gap:.5rem;min-height:2.5rem}
input[type=checkbox]{inline-size:1.25rem;block-size:1.25rem;accent-color:var(--accent);margin:0;flex:none}
select,input[type=time]{font:inherit;color:inherit;background:var(--back);border:1px solid var(--line);border-radius:.5rem;padding:.375rem .5rem;min-height:2.5rem;max-width:100%}
.row{display:flex;flex-wrap:wrap;gap:.25rem .75rem;align-items:center;margin-top:.5rem}
.note{color:var(--soft);font-size:.875rem}
.message{border-radius:.75rem;padding:.75rem 1rem;margin:1rem 0;color:var(--good);background:var(--good-back)}
.message.bad{color:var(--bad);background:var(--bad-back)}
button{font:inherit;font-weight:600;min-height:2.75rem;padding:.5rem 1.25rem;border-radius:.5rem;border:1px solid var(--accent);background:var(--accent);color:var(--on-accent);cursor:pointer}
button.plain{background:transparent;color:inherit;border-color:var(--line)}
.stack{display:grid;gap:.5rem;margin:1rem 0}
.stack button{text-align:start;white-space:normal}
.save{position:sticky;inset-block-end:0;padding-block:.75rem;background:var(--back)}
a{color:var(--accent)}
:focus-visible{outline:3px solid var(--accent);outline-offset:2px}
fieldset:has(option[value=instant]:checked,option[value=hourly]:checked) .time{display:none}
fieldset:not(:has(option[value=weekly]:checked)) .day{display:none}
`;
