export interface CompiledMail {
  html: string;
  /** What the compiler did not like, in words; the HTML exists nevertheless. */
  warnings: string[];
}

/** Turns MJML into HTML that mail programs show. Rejects with a sentence when the source is no MJML, or takes longer than 10 s. */
export interface MailCompiler {
  compile(mjml: string): Promise<CompiledMail>;
  close(): Promise<void>;
}
