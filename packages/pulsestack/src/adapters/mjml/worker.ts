import mjml2html from 'mjml';
import type { CompiledMail } from '../../ports/mail-compiler.ts';

/** Compiles one source. What stands in for Liquid is a word of its own, and words are no colours: such complaints are left out. */
export async function compileMjml(source: string): Promise<CompiledMail> {
  const { html, errors } = await mjml2html(source, {
    validationLevel: 'soft',
    keepComments: true,
    ignoreIncludes: true,
    // No style sheet from elsewhere: it tells others who reads.
    fonts: {},
  });
  const warnings = errors
    .filter((error) => !/zLq\d+qLz/.test(error.message))
    .map(({ line, tagName, message }) => `line ${line}, ${tagName}: ${message.trim()}`);
  return { html, warnings };
}
