import type { Channel, Preferences, PreferenceValue } from '@pulsestack/core';
import { type Html, html } from './html.ts';
import { STYLE } from './style.ts';
import type { Words } from './words.ts';

/** What the page shows first; others appear where the workspace or the user speaks of them. */
const USUAL: readonly Channel[] = ['in_app', 'email', 'push', 'sms'];

const SPOKEN_OF: ReadonlySet<PreferenceValue['decidedBy']> = new Set([
  'workspace_forced',
  'category_default',
  'user_category',
  'user_channel',
]);

export interface Notice {
  kind: 'good' | 'bad';
  text: string;
}

/** The frame of every page. */
export function frame(words: Words, title: string, body: Html, nonce: string, script?: string): string {
  const page = html`<!doctype html>
<html lang="${words.lang}" dir="${words.dir}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<meta name="color-scheme" content="light dark">
<title>${title}</title>
<style nonce="${nonce}">${{ html: STYLE }}</style>
</head>
<body><main>${body}</main>${script === undefined ? null : html`<script nonce="${nonce}">${{ html: script }}</script>`}</body>
</html>`;
  return page.html;
}

/** All preferences as a form that works without a script. */
export function preferencesBody(words: Words, preferences: Preferences, action: string, notice: Notice | null): Html {
  return html`<h1>${words.title}</h1><p>${words.intro}</p>
<div id="notice" role="status" aria-live="polite">${noticeOf(notice)}</div>
<form id="preferences" method="post" action="${action}">
${preferences.categories.map((category) => categoryFields(words, preferences, category))}
${quietFields(words, preferences)}
<fieldset><legend>${words.everything}</legend>
<label><input type="checkbox" name="nothing"${flag('checked', preferences.all === false)}> ${words.everythingOff}</label></fieldset>
<div class="save"><button>${words.save}</button></div>
</form>`;
}

export function noticeOf(notice: Notice | null): Html | null {
  return notice && html`<p class="message ${notice.kind}">${notice.text}</p>`;
}

/** The channels a category is shown with. */
export function channelsOf(preferences: Preferences, category: Preferences['categories'][number]): Channel[] {
  const spoken = (Object.keys(category.channels) as Channel[]).filter((channel) =>
    SPOKEN_OF.has(category.channels[channel].decidedBy),
  );
  return [...new Set([...USUAL, ...spoken])];
}

function categoryFields(words: Words, preferences: Preferences, category: Preferences['categories'][number]): Html {
  const { key, channels, cadence } = category;
  const at = 'at' in cadence ? cadence.at : '08:00';
  const weekday = cadence.every === 'weekly' ? cadence.weekday : 1;
  return html`<fieldset><legend>${category.name}</legend>
${category.description === '' ? null : html`<p>${category.description}</p>`}
<ul>${channelsOf(preferences, category).map((channel) => {
    const { enabled, forced } = channels[channel];
    const note = forced ? (enabled ? words.alwaysOn : words.alwaysOff) : null;
    return html`<li><label><input type="checkbox" name="${`channel ${key} ${channel}`}"${flag('checked', enabled)}${flag('disabled', forced)}> ${words.channels[channel]}${note && html` <span class="note">(${note})</span>`}</label></li>`;
  })}</ul>
${
  category.consent &&
  html`<label><input type="checkbox" name="${`consent ${category.consent.purpose}`}"${flag('checked', category.consent.granted)}> ${words.consent}</label>`
}
${
  category.digestible &&
  html`<div class="row"><label>${words.frequency} <select name="${`cadence ${key}`}">${(['instant', 'hourly', 'daily', 'weekly'] as const).map((every) => option(every, words.cadences[every], cadence.every === every))}</select></label>
<label class="day">${words.on} <select name="${`weekday ${key}`}">${words.weekdays.map((name, i) => option(String(i + 1), name, i + 1 === weekday))}</select></label>
<label class="time">${words.at} <input type="time" name="${`at ${key}`}" value="${at}"></label></div>`
}
${!category.critical && pauseField(words, preferences, category)}</fieldset>`;
}

function pauseField(
  words: Words,
  { timeZone }: Preferences,
  { key, snoozedUntil }: Preferences['categories'][number],
): Html {
  const shown =
    snoozedUntil &&
    new Intl.DateTimeFormat(words.lang, { dateStyle: 'medium', timeZone }).format(new Date(snoozedUntil));
  return html`<div class="row"><label>${words.pause} <select name="${`pause ${key}`}">
${shown && option('keep', words.pausedUntil(shown), true)}
${(['none', 'day', 'week', 'month'] as const).map((one) => option(one, words.pauses[one], !snoozedUntil && one === 'none'))}</select></label></div>`;
}

function quietFields(words: Words, { quietHours, timeZone }: Preferences): Html {
  const [window, ...others] = quietHours;
  const simple = others.length === 0 && !window?.days && !window?.channels && window?.end !== '24:00';
  return html`<fieldset><legend>${words.quietHours}</legend><p>${words.quietHoursHelp(timeZone)}</p>
${
  simple
    ? html`<input type="hidden" name="quiet" value="shown"><label><input type="checkbox" name="quiet on"${flag('checked', window !== undefined)}> ${words.quietHours}</label>
<div class="row"><label>${words.from} <input type="time" name="quiet start" value="${window?.start ?? '22:00'}"></label>
<label>${words.until} <input type="time" name="quiet end" value="${window?.end ?? '07:00'}"></label>
<select name="quiet mode" aria-label="${words.quietHours}">${(['hold', 'in_app_only', 'drop'] as const).map((mode) => option(mode, words.modes[mode], (window?.mode ?? 'hold') === mode))}</select></div>`
    : html`<p>${words.severalWindows}</p>`
}</fieldset>`;
}

function option(value: string, text: string, selected: boolean): Html {
  return html`<option value="${value}"${flag('selected', selected)}>${text}</option>`;
}

function flag(name: string, on: boolean): Html | null {
  return on ? { html: ` ${name}` } : null;
}

/** Saves without leaving the page; without it the form is sent as forms are. */
export const SCRIPT = `
const form=document.getElementById('preferences'),notice=document.getElementById('notice');
form.addEventListener('submit',async(event)=>{event.preventDefault();
try{const answer=await fetch(form.action,{method:'POST',body:new URLSearchParams(new FormData(form))});
const page=new DOMParser().parseFromString(await answer.text(),'text/html');
form.replaceChildren(...page.getElementById('preferences').childNodes);
form.querySelector('button').focus();
notice.replaceChildren(...page.getElementById('notice').childNodes);
notice.scrollIntoView({block:'nearest'});}
catch{form.submit();}});
`;
