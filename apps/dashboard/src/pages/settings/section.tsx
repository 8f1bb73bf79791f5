import type { ReactNode } from 'react';

/** A part of the settings: what it is about at the left, its controls at the right. */
export function Section({ title, about, children }: { title: string; about: ReactNode; children: ReactNode }) {
  return (
    <section className="grid gap-x-10 gap-y-4 border-b py-7 first:pt-3 last:border-b-0 md:grid-cols-[minmax(0,5fr)_minmax(0,8fr)]">
      <div>
        <h2 className="text-14">{title}</h2>
        <p className="mt-1 text-pretty text-n11">{about}</p>
      </div>
      <div className="flex min-w-0 flex-col items-start gap-4">{children}</div>
    </section>
  );
}
