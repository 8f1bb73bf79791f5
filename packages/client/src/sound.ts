import type { Readable } from './types.ts';

/** Whether arrivals are heard. The choice is kept in this browser and shared by its tabs. */
export interface Sound extends Readable<boolean> {
  set(isOn: boolean): void;
  /** Plays the tone now, on or off, for a "listen" button. */
  test(): void;
}

export interface PlayableSound extends Sound {
  /** Plays once for all tabs, if sound is on and the person has touched the page. */
  announce(id: string): void;
  close(): void;
}

const STORAGE_KEY = 'pulsestack.sound';
const QUIET_MS = 2_000;
const NOTES = [
  { hertz: 880, atSeconds: 0 },
  { hertz: 1318.5, atSeconds: 0.09 },
];
const NOTE_SECONDS = 0.35;
const LOUDNESS = 0.08;

export function createSound(isOnAtFirst: boolean): PlayableSound {
  const listeners = new Set<() => void>();
  let isOn: boolean | null = null;
  let audio: AudioContext | null = null;
  let playedAt = Number.NEGATIVE_INFINITY;

  const onStorage = (event: StorageEvent) => {
    if (event.key !== STORAGE_KEY) return;
    isOn = null;
    for (const listener of listeners) listener();
  };

  return {
    getSnapshot: read,
    subscribe(listener) {
      if (listeners.size === 0 && typeof addEventListener !== 'undefined') addEventListener('storage', onStorage);
      listeners.add(listener);
      return () => {
        listeners.delete(listener);
        if (listeners.size === 0 && typeof removeEventListener !== 'undefined')
          removeEventListener('storage', onStorage);
      };
    },
    set(next) {
      isOn = next;
      write(next);
      for (const listener of listeners) listener();
    },
    test: play,
    announce(id) {
      // Browsers keep a page silent until it is touched; a context made earlier would only complain.
      if (!read() || !hasBeenTouched()) return;
      const now = Date.now();
      if (now - playedAt < QUIET_MS) return;
      playedAt = now;
      void onceForAllTabs(id, play);
    },
    close() {
      void audio?.close();
      audio = null;
    },
  };

  function read(): boolean {
    if (isOn !== null) return isOn;
    const kept = storage()?.getItem(STORAGE_KEY);
    isOn = kept === null || kept === undefined ? isOnAtFirst : kept === 'on';
    return isOn;
  }

  function play(): void {
    if (typeof AudioContext === 'undefined') return;
    audio ??= new AudioContext();
    void audio.resume();
    for (const { hertz, atSeconds } of NOTES) {
      const start = audio.currentTime + atSeconds;
      const tone = new OscillatorNode(audio, { type: 'sine', frequency: hertz });
      const volume = new GainNode(audio, { gain: 0 });
      volume.gain.setValueAtTime(0, start);
      volume.gain.linearRampToValueAtTime(LOUDNESS, start + 0.01);
      volume.gain.exponentialRampToValueAtTime(0.0001, start + NOTE_SECONDS);
      tone.connect(volume).connect(audio.destination);
      tone.start(start);
      tone.stop(start + NOTE_SECONDS);
    }
  }
}

/** Every tab hears of the arrival; whichever takes the lock speaks for all. */
async function onceForAllTabs(id: string, play: () => void): Promise<void> {
  if (typeof navigator === 'undefined' || !navigator.locks) return play();
  await navigator.locks.request(`pulsestack.sound.${id}`, { ifAvailable: true }, async (lock) => {
    if (!lock) return;
    play();
    await new Promise((resolve) => setTimeout(resolve, QUIET_MS));
  });
}

function hasBeenTouched(): boolean {
  return typeof navigator !== 'undefined' && (navigator.userActivation?.hasBeenActive ?? true);
}

function write(isOn: boolean): void {
  try {
    storage()?.setItem(STORAGE_KEY, isOn ? 'on' : 'off');
  } catch {
    // A full or forbidden storage costs the memory of the choice, not the choice.
  }
}

function storage(): Storage | null {
  try {
    return typeof localStorage === 'undefined' ? null : localStorage;
  } catch {
    return null;
  }
}
