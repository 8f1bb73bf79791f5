import { createHash } from 'node:crypto';
import { SCRIPT } from './script.ts';
import { STYLE } from './style.ts';

const hash = (text: string) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;

/** The page runs nothing but itself, and speaks to nobody but its own server. */
export const CONTENT_SECURITY_POLICY = `default-src 'none'; script-src ${hash(SCRIPT)}; style-src ${hash(STYLE)}; connect-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`;

export const PAGE = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>PushStream</title>
<link rel="icon" href="data:,">
<style>${STYLE}</style>
</head>
<body>
<header>
  <h1>PushStream</h1>
  <p id="link" role="status">Connecting…</p>
  <dl id="figures"></dl>
</header>
<main>
  <section aria-labelledby="connections-title">
    <h2 id="connections-title">Connections <output id="connections-count">0</output></h2>
    <div class="scroll" tabindex="0" role="region" aria-labelledby="connections-title">
      <table>
        <thead><tr><th>Who</th><th>Streams</th><th>State</th><th class="number">Events</th><th class="number">Bytes</th><th class="number">Behind</th><th class="number">Unacknowledged</th><th><span class="hidden">Actions</span></th></tr></thead>
        <tbody id="connections"></tbody>
      </table>
      <p class="empty" id="no-connections">Nobody is connected. Open a page that reads the stream, or try <code>curl -N</code> on its address.</p>
    </div>
  </section>
  <section aria-labelledby="events-title">
    <h2 id="events-title">Events</h2>
    <div class="bar">
      <label>Filter <input id="filter" type="search" placeholder="name, stream or text" autocomplete="off"></label>
      <button id="pause" type="button" aria-pressed="false">Pause</button>
      <button id="clear" type="button">Clear</button>
      <output id="held"></output>
    </div>
    <div class="scroll tall" tabindex="0" role="region" aria-labelledby="events-title">
      <table>
        <thead><tr><th>Time</th><th>Name</th><th>Stream</th><th>Data</th><th>Cursor</th></tr></thead>
        <tbody id="events"></tbody>
      </table>
      <p class="empty" id="no-events">No event has passed yet. Send one below.</p>
    </div>
  </section>
  <section aria-labelledby="way-title" id="way" hidden>
    <h2 id="way-title">The way of one event</h2>
    <p id="way-of"></p>
    <pre id="way-data"></pre>
    <div class="bar"><button id="replay" type="button">Send once more</button><button id="way-close" type="button">Close</button></div>
    <div class="scroll" tabindex="0" role="region" aria-labelledby="way-title">
      <table>
        <thead><tr><th>Who</th><th>What became of it</th><th>Acknowledged</th></tr></thead>
        <tbody id="ways"></tbody>
      </table>
    </div>
  </section>
  <section aria-labelledby="send-title">
    <h2 id="send-title">Send an event</h2>
    <form id="send">
      <label>To <select name="kind"><option value="everyone">everyone</option><option value="user">user</option><option value="session">session</option><option value="topic">topic</option></select></label>
      <label>Id <input name="id" autocomplete="off" disabled></label>
      <label>Name <input name="name" value="test.sent" required autocomplete="off"></label>
      <label class="wide">Data <textarea name="data" rows="4" spellcheck="false">{ "hello": "world" }</textarea></label>
      <button type="submit" class="primary">Send</button>
      <output id="sent" role="status"></output>
    </form>
  </section>
</main>
<script>${SCRIPT}</script>
</body>
</html>`;
