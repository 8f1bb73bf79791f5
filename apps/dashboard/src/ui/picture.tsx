import { useState } from 'react';

/** A picture that steps aside when its address does not answer. */
export function Picture({ src, className }: { src: string; className?: string }) {
  const [broken, setBroken] = useState<string | null>(null);
  return broken === src ? null : (
    <img src={src} alt="" className={className} onError={() => setBroken(src)} loading="lazy" />
  );
}
