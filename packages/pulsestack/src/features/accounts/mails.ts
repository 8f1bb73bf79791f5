import { type Runtime, resource } from '../../kernel/runtime.ts';
import type { Mail } from '../../ports/mailer.ts';
import { detached } from './revocation.ts';
import type { Work } from './work.ts';

/** Mails on their way. Nobody waits for them, so an answer takes as long whether there was one to send or not. */
const post = resource((runtime) => {
  const underway = new Set<Promise<void>>();
  return {
    send(mail: Mail): void {
      const sending = detached(() => runtime.mailer.send(mail))
        .catch((cause) =>
          runtime.log.error(
            { err: cause, subject: mail.subject },
            'a mail could not be sent; check the mail settings, then ask for it again',
          ),
        )
        .finally(() => underway.delete(sending));
      underway.add(sending);
    },
    async close(): Promise<void> {
      await Promise.all(underway);
    },
  };
});

/** Sends once the change it belongs to is stored. */
export function mailAfterCommit(work: Work, mail: Mail): void {
  work.tx.afterCommit(() => post.of(work).send(mail));
}

export function verificationMail(runtime: Runtime, to: string, token: string): Mail {
  return {
    to,
    subject: 'Confirm your e-mail address',
    text: `Welcome to PulseStack.

Please confirm that this address is yours:

${runtime.settings.publicUrl}/verify-email?token=${token}

The link works once, for 24 hours. If you did not sign up, ignore this mail.
`,
  };
}

export function resetMail(runtime: Runtime, to: string, token: string): Mail {
  return {
    to,
    subject: 'Choose a new password',
    text: `Somebody, hopefully you, asked for a new password of your PulseStack account.

Choose it here:

${runtime.settings.publicUrl}/reset-password?token=${token}

The link works once, for one hour. If it was not you, ignore this mail; your password stays as it is.
`,
  };
}

export function invitationMail(
  runtime: Runtime,
  invitation: { to: string; workspace: string; inviter: string | null; token: string },
): Mail {
  // A name is somebody else's text; on one line it cannot pretend to be more of the mail.
  const oneLine = (text: string) => text.replaceAll(/\s+/g, ' ').trim();
  const workspace = oneLine(invitation.workspace);
  const who = invitation.inviter === null ? 'You are invited' : `${oneLine(invitation.inviter)} invites you`;
  return {
    to: invitation.to,
    subject: `Invitation to ${workspace}`,
    text: `${who} to the workspace "${workspace}" on PulseStack.

Accept the invitation here:

${runtime.settings.publicUrl}/invitations/${invitation.token}

The link works once, for 7 days.
`,
  };
}
