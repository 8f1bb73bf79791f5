// A Chromium for the browser tests: one that is installed, else (on Debian, as root) installed now.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';

const PLACES = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/usr/bin/google-chrome-stable',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
];

/** { path } or { reason }. */
export function findChromium() {
  const given = process.env.TEST_CHROMIUM;
  if (given)
    return existsSync(given) ? { path: given } : { reason: `TEST_CHROMIUM names ${given}, which does not exist` };
  let path = PLACES.find((place) => existsSync(place));
  if (!path && process.getuid?.() === 0 && existsSync('/usr/bin/apt-get')) {
    console.log('Installing Chromium for the browser tests…');
    spawnSync('apt-get', ['update', '-qq'], { stdio: 'ignore' });
    spawnSync('apt-get', ['install', '-y', '-qq', '--no-install-recommends', 'chromium', 'fonts-noto-core'], {
      stdio: 'ignore',
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    });
    path = PLACES.find((place) => existsSync(place));
  }
  return path ? { path } : { reason: 'no Chromium is installed; set TEST_CHROMIUM or install it' };
}
