import '@fontsource-variable/inter';
import '../src/styles.css';
import './demo.css';
import { ar, Bell, de, en, Inbox, Preferences, PulseStackProvider, Toasts } from '@pulsestack/react';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';

// ?token=… signs in, ?lang=de|ar, ?theme=dark|light, ?view=page shows the inbox as a page of its own, ?view=preferences the preferences.
const asked = new URLSearchParams(location.search);
const messages = { en, de, ar }[asked.get('lang') ?? 'en'] ?? en;
const theme = asked.get('theme');

document.documentElement.lang = messages.locale;
document.documentElement.dir = messages.direction;
if (theme) document.documentElement.dataset.theme = theme;

function Demo() {
  return (
    <PulseStackProvider token={token} messages={messages}>
      <header className="demo-bar">
        <strong>Acme</strong>
        <nav aria-label="Tools">
          <Bell />
        </nav>
      </header>
      <main className="demo-main">
        <h1>Projects</h1>
        {asked.get('view') === 'page' && (
          <div className="demo-inbox">
            <Inbox />
          </div>
        )}
        {asked.get('view') === 'preferences' && <Preferences />}
      </main>
      <Toasts />
    </PulseStackProvider>
  );
}

async function token(): Promise<string> {
  const given = asked.get('token');
  if (given) return given;
  const answer = await fetch(`/dev/session?user=${asked.get('user') ?? 'ada'}`);
  const session = (await answer.json()) as { token: string };
  return session.token;
}

const root = document.getElementById('root');
if (root)
  createRoot(root).render(
    <StrictMode>
      <Demo />
    </StrictMode>,
  );
