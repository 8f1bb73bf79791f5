import { useShownKey } from '../../session/snippets.ts';
import { Code } from '../../ui/code.tsx';

/** The command that turns the catalogue into types, for the desk and for CI. */
export function Generate() {
  const { key } = useShownKey();
  const command = `PULSESTACK_API_KEY=${key} \\\n  npx pulsestack generate \\\n  --url ${location.origin} \\\n  --out src/events.ts`;
  return (
    <section aria-labelledby="generate" className="min-w-0">
      <h2 id="generate" className="text-14">
        Types for your code
      </h2>
      <p className="mt-0.5 mb-3 max-w-reading text-n11">
        Writes a type and a class of every declared event. In CI it fails when the file is behind.
      </p>
      <Code
        label="Generate types"
        snippets={[
          { name: 'Generate', code: command },
          { name: 'Check in CI', code: `${command} \\\n  --check` },
        ]}
      />
    </section>
  );
}
