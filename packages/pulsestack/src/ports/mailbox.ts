/** A mail that was caught instead of being sent. */
export interface CaughtMail {
  id: string;
  at: Date;
  from: string;
  to: string;
  subject: string;
  text: string;
  html?: string | undefined;
  headers: { name: string; value: string }[];
  attachments: { filename: string; contentType: string; bytes: number; content: string }[];
  /** As it came over the wire; empty when it never did. */
  source: string;
}

/** The mails of development, the newest first; bounded in number and in bytes. */
export interface Mailbox {
  mails(): readonly CaughtMail[];
  /** False when there is no such mail any more. */
  remove(id: string): boolean;
  clear(): void;
}
