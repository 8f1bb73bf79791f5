import { clsx } from 'clsx';
import type { TemplatePreview } from '../../api/templates.ts';
import { Badge } from '../../ui/badge.tsx';

/** What the template asks of its data. */
export function VariableList({ preview }: { preview: TemplatePreview | undefined }) {
  if (!preview || preview.variables.length === 0) return null;
  const missing = new Set(preview.missing);
  return (
    <section aria-labelledby="variables">
      <h2 id="variables" className="mb-2 text-13">
        Variables
      </h2>
      <ul className="divide-y rounded-card border">
        {preview.variables.map(({ path, type, required }) => (
          <li key={path} className="flex items-center gap-3 px-3 py-1.5">
            <code className={clsx('min-w-0 flex-1 truncate text-12', missing.has(path) && 'text-danger-text')}>
              {path}
            </code>
            <span className="text-12 text-n10">{type}</span>
            {missing.has(path) ? (
              <Badge tone="danger">Missing</Badge>
            ) : (
              <Badge>{required ? 'Required' : 'Optional'}</Badge>
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}
