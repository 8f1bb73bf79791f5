import { useEffect, useEffectEvent, useState } from 'react';

const SETTLE_MS = 250;

/** What is being typed, told on once the typing rests; follows the value when that changes elsewhere. */
export function useDraft(value: string, onSettled: (value: string) => void): [string, (draft: string) => void] {
  const [draft, setDraft] = useState(value);
  const [followed, setFollowed] = useState(value);
  const settle = useEffectEvent(onSettled);
  if (value !== followed) {
    setFollowed(value);
    if (value !== draft.trim()) setDraft(value);
  }
  useEffect(() => {
    if (draft.trim() === value) return;
    const timer = setTimeout(() => settle(draft), SETTLE_MS);
    return () => clearTimeout(timer);
  }, [draft, value]);
  return [draft, setDraft];
}
