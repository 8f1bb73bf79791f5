import type { Branding } from '@pulsestack/core';
import { useCan } from '../../session/use-session.ts';
import { Button } from '../../ui/button.tsx';
import { controlClass, Field, TextAreaField, TextField } from '../../ui/field.tsx';
import { Problem } from '../../ui/notice.tsx';
import { BlockSkeleton, Failed } from '../../ui/states.tsx';
import { Section } from '../settings/section.tsx';
import { useBranding, useBrandingForm } from './use-templates.ts';

export function BrandingForm() {
  const { data, error, refetch } = useBranding();
  if (error) return <Failed error={error} what="The branding" retry={() => void refetch()} />;
  return data ? <Fields branding={data} /> : <BlockSkeleton lines={6} />;
}

function Fields({ branding }: { branding: Branding }) {
  const can = useCan();
  const { name, logo, logoDark, website, colour, footer, address, locale } = branding;
  const form = useBrandingForm({
    name,
    logo: logo ?? '',
    logoDark: logoDark ?? '',
    website: website ?? '',
    colour,
    footer: footer ?? '',
    address: address ?? '',
    locale,
  });
  const colourField = form.bind('colour');
  return (
    <form onSubmit={form.submit} className="max-w-[980px]">
      <fieldset disabled={!can('templates.write')}>
        <Section title="Sender" about="How mails introduce themselves. A picture takes the place of the name.">
          <TextField label="Name" className="w-full" maxLength={120} field={form.bind('name')} />
          <TextField
            label="Logo"
            className="w-full"
            isOptional
            placeholder="https://…/logo.png"
            help="32 pixels high."
            field={form.bind('logo')}
          />
          <TextField
            label="Logo on dark"
            className="w-full"
            isOptional
            placeholder="https://…/logo-dark.png"
            field={form.bind('logoDark')}
          />
          <TextField
            label="Website"
            className="w-full"
            isOptional
            placeholder="https://example.com"
            field={form.bind('website')}
          />
        </Section>
        <Section title="Colour" about="Of buttons and links. It is darkened or lightened where it could not be read.">
          <Field label="Colour" error={colourField.error}>
            {(ids) => (
              <span className="flex items-center gap-2">
                <input
                  type="color"
                  aria-label="Choose a colour"
                  value={/^#[0-9a-fA-F]{6}$/.test(colourField.value) ? colourField.value : '#000000'}
                  onChange={(event) => colourField.change(event.target.value)}
                  className="size-8 shrink-0 rounded-control border bg-raised p-0.5"
                />
                <input
                  {...ids}
                  value={colourField.value}
                  onChange={(event) => colourField.change(event.target.value)}
                  onBlur={colourField.blur}
                  className={`${controlClass} h-8 w-32 font-mono`}
                />
              </span>
            )}
          </Field>
        </Section>
        <Section title="Footer" about="Under every e-mail. Many countries require a postal address in advertising.">
          <div className="w-full">
            <TextAreaField label="Sentences" isOptional maxLength={1000} field={form.bind('footer')} />
          </div>
          <div className="w-full">
            <TextAreaField label="Postal address" isOptional maxLength={500} field={form.bind('address')} />
          </div>
        </Section>
        <Section title="Language" about="Of users who have none, and the last one tried for a translation.">
          <TextField label="Language" isMono placeholder="en" field={form.bind('locale')} />
        </Section>
        {form.problem && <Problem error={form.problem} />}
        {can('templates.write') && (
          <div className="flex justify-end py-4">
            <Button type="submit" look="primary" isBusy={form.isBusy}>
              Save branding
            </Button>
          </div>
        )}
      </fieldset>
    </form>
  );
}
