// Runs in the browser, so it is text here. It writes nothing but text nodes.
export const SCRIPT = `
'use strict';
const base = location.pathname.endsWith('/') ? location.pathname : location.pathname + '/';
const $ = (id) => document.getElementById(id);
const make = (tag, text, className) => { const node = document.createElement(tag); if (text !== undefined) node.textContent = text; if (className) node.className = className; return node; };
const row = (...cells) => { const tr = make('tr'); tr.append(...cells); return tr; };
const MAX_SHOWN = 200;
let events = [], held = [], paused = false, shown = null, busy = false, again = false;

const who = ({ id, connection, meta }) => meta.user || meta.session || Object.values(meta)[0] || 'connection ' + (id || connection);
const size = (bytes) => bytes < 1024 ? bytes + ' B' : bytes < 1048576 ? (bytes / 1024).toFixed(1) + ' KB' : (bytes / 1048576).toFixed(1) + ' MB';

async function post(path, body) {
  const response = await fetch(base + path, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
  const answer = await response.json();
  if (!response.ok) throw new Error(answer.message);
  return answer;
}

function drawConnections({ connections, total, stats }) {
  $('connections-count').textContent = total > connections.length ? connections.length + ' of ' + total : total;
  $('no-connections').hidden = total > 0;
  $('connections').replaceChildren(...connections.map((one) => {
    const button = make('button', 'Disconnect');
    button.type = 'button';
    button.setAttribute('aria-label', 'Disconnect ' + who(one));
    button.onclick = () => post('disconnect', { id: one.id }).then(look);
    const actions = make('td'); actions.append(button);
    const streams = make('td', one.streams.join(', '), 'data');
    if (one.filter) streams.title = JSON.stringify(one.filter);
    return row(make('td', who(one)), streams, make('td', one.state, one.state), make('td', one.eventsSent, 'number'), make('td', size(one.bytesSent), 'number'), make('td', one.lag, 'number'), make('td', one.unacknowledged ?? '–', 'number'), actions);
  }));
  const figures = { Head: stats.head, Delivered: stats.delivered, 'In memory': stats.ringEvents + ' events', 'Catching up': stats.catchupConnections, Replays: stats.replays };
  $('figures').replaceChildren(...Object.entries(figures).map(([name, value]) => { const div = make('div'); div.append(make('dt', name), make('dd', value)); return div; }));
}

function drawEvents() {
  const wanted = $('filter').value.trim().toLowerCase();
  const matching = events.filter((one) => !wanted || (one.name + ' ' + one.stream + ' ' + one.data).toLowerCase().includes(wanted));
  $('no-events').hidden = matching.length > 0;
  $('no-events').textContent = events.length > 0 ? 'No event matches the filter.' : 'No event has passed yet. Send one below.';
  $('held').textContent = paused && held.length > 0 ? held.length + ' new' : '';
  $('events').replaceChildren(...matching.slice(-MAX_SHOWN).reverse().map((one) => {
    const open = make('button', one.name); open.type = 'button';
    const name = make('td'); name.append(open);
    const tr = row(make('td', new Date(one.time).toLocaleTimeString()), name, make('td', one.stream || '(erased)'), make('td', one.data, 'data'), make('td', one.cursor, 'cursor'));
    tr.onclick = () => show(one);
    return tr;
  }));
}

function take(one) {
  if (paused) held.push(one); else events.push(one);
  if (events.length > 1000) events = events.slice(-500);
  if (held.length > 1000) held = held.slice(-500);
}

async function show(one) {
  shown = one;
  $('way').hidden = false;
  $('way-of').textContent = one.name + ' on ' + (one.stream || 'no stream') + ' at ' + one.cursor;
  try { $('way-data').textContent = JSON.stringify(JSON.parse(one.data), null, 2); } catch { $('way-data').textContent = one.data; }
  const ways = await (await fetch(base + 'ways?cursor=' + encodeURIComponent(one.cursor))).json();
  const told = { handed: 'handed to the connection', waiting: 'waits; the reader is slow', 'passed over': 'passed over' };
  $('ways').replaceChildren(...ways.map((way) => {
    const because = way.reason === 'stream' ? ': it does not read this stream' : way.reason === 'filter' ? ': its filter leaves it out' : '';
    return row(make('td', who(way)), make('td', told[way.state] + because, way.state.replace('passed over', 'quiet')), make('td', way.acknowledged === null ? '–' : way.acknowledged ? 'yes' : 'not yet'));
  }));
  $('way').scrollIntoView({ block: 'nearest' });
}

async function look() {
  if (busy) { again = true; return; }
  busy = true;
  try {
    const state = await (await fetch(base + 'state')).json();
    drawConnections(state);
    if (events.length === 0 && held.length === 0) { events = state.events; drawEvents(); }
  } catch {} finally { busy = false; }
  if (again) { again = false; setTimeout(look, 250); }
}

let soon = false;
const lookSoon = () => { if (soon) return; soon = true; setTimeout(() => { soon = false; look(); }, 300); };
let planned = false;
const plan = () => { if (planned) return; planned = true; requestAnimationFrame(() => { planned = false; drawEvents(); }); };
const link = (state, text) => { $('link').dataset.state = state; $('link').textContent = text; };
const live = new EventSource(base + 'live');
live.onopen = () => { link('open', 'Live'); look(); };
live.onerror = () => link('lost', 'The server is away; trying again');
live.addEventListener('event', (message) => { take(JSON.parse(message.data)); plan(); lookSoon(); });
live.addEventListener('connection', look);
setInterval(look, 2000);

$('filter').oninput = drawEvents;
$('clear').onclick = () => { events = []; held = []; drawEvents(); };
$('pause').onclick = () => { paused = !paused; $('pause').setAttribute('aria-pressed', paused); if (!paused) { events.push(...held); held = []; } drawEvents(); };
$('way-close').onclick = () => { $('way').hidden = true; };
$('replay').onclick = () => shown && post('replay', { cursor: shown.cursor }).catch((error) => { $('way-of').textContent = error.message; });
const form = $('send');
form.elements.kind.onchange = () => { form.elements.id.disabled = form.elements.kind.value === 'everyone'; };
form.onsubmit = async (submit) => {
  submit.preventDefault();
  const { kind, id, name, data } = form.elements;
  try {
    const target = kind.value === 'everyone' ? { everyone: true } : { [kind.value]: id.value };
    const { cursor } = await post('send', { target, name: name.value, data: data.value.trim() === '' ? null : JSON.parse(data.value) });
    $('sent').className = ''; $('sent').textContent = 'Sent as ' + cursor + '.';
  } catch (error) { $('sent').className = 'failed'; $('sent').textContent = error.message; }
};
`;
