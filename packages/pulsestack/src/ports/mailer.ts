/** One e-mail of the product itself: verification, password reset, invitation. */
export interface Mail {
  to: string;
  subject: string;
  text: string;
  html?: string;
}

/** Hands a mail over. Resolves when the receiving side has taken responsibility for it; rejects otherwise. */
export interface Mailer {
  send(mail: Mail): Promise<void>;
}
