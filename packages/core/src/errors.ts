import { z } from 'zod';

/** Every error the product answers, with its HTTP status and the sentence that explains it. Codes are promises: they never change meaning. */
export const ERRORS = {
  'request.invalid': { status: 400, title: 'The request does not fit its description' },
  'request.malformed': { status: 400, title: 'The body is not valid JSON in UTF-8' },
  'request.cursor_invalid': { status: 400, title: 'The cursor does not belong to this list' },
  'request.too_large': { status: 413, title: 'The request is larger than allowed' },
  'request.media_type': { status: 415, title: 'The body must be application/json' },
  'request.not_acceptable': { status: 406, title: 'The requested representation is not available' },
  'request.method': { status: 405, title: 'This address does not answer that method' },
  'request.route_unknown': { status: 404, title: 'There is nothing at this address' },
  'request.rate_limited': { status: 429, title: 'Too many requests' },
  'auth.required': { status: 401, title: 'Credentials are missing' },
  'auth.invalid': { status: 401, title: 'The credentials are not valid' },
  'auth.expired': { status: 401, title: 'The credentials have expired' },
  'auth.sign_in_failed': { status: 401, title: 'E-mail or password is wrong' },
  'auth.forbidden': { status: 403, title: 'These credentials do not allow this' },
  'auth.origin_refused': { status: 403, title: 'This origin may not use the session cookie' },
  'auth.token_used': { status: 410, title: 'This link has been used or has expired' },
  'auth.email_unverified': { status: 403, title: 'The e-mail address is not verified yet' },
  'resource.not_found': { status: 404, title: 'There is no such thing here' },
  'resource.conflict': { status: 409, title: 'The state of the resource does not allow this' },
  'resource.exists': { status: 409, title: 'It exists already' },
  'resource.limit': { status: 422, title: 'A limit of the workspace is reached' },
  'idempotency.mismatch': { status: 422, title: 'This idempotency key was used with another request' },
  'idempotency.invalid': { status: 400, title: 'The idempotency key is not valid' },
  'workflow.invalid': { status: 422, title: 'The workflow cannot work as it is written' },
  'workflow.managed': { status: 409, title: 'The workflow is kept in code or files' },
  'workflow.not_published': { status: 422, title: 'The workflow has no published version' },
  'workflow.not_found': { status: 422, title: 'There is no such workflow' },
  'endpoint.failed': { status: 422, title: 'The endpoint did not answer as it should' },
  'template.invalid': { status: 422, title: 'The template cannot be rendered' },
  'event.invalid': { status: 422, title: 'The event does not fit its declared schema' },
  'catalog.breaking': { status: 409, title: 'The change would break readers of the event' },
  'preferences.forced': { status: 409, title: 'The workspace does not let users change this' },
  'schedule.invalid': { status: 422, title: 'The schedule never fires' },
  'server.unavailable': { status: 503, title: 'The server cannot do this right now' },
  'server.failed': { status: 500, title: 'The server failed' },
} as const satisfies Record<string, { status: number; title: string }>;

export type ErrorCode = keyof typeof ERRORS;

/** One field at fault: a JSON pointer into the request part, and what is wrong with it. */
export const FieldError = z.object({
  in: z.enum(['body', 'query', 'path', 'header']),
  field: z.string().meta({ description: 'JSON pointer to the field', examples: ['/title'] }),
  message: z.string(),
});
export type FieldError = z.infer<typeof FieldError>;

/** An error on the wire: problem details of RFC 9457, with a stable code. */
export const Problem = z
  .object({
    type: z.string().meta({ examples: ['https://pulsestack.dev/errors/request.invalid'] }),
    title: z.string(),
    status: z.number().int(),
    code: z.string(),
    detail: z.string().optional(),
    errors: z.array(FieldError).optional(),
    requestId: z.string(),
  })
  .meta({ id: 'Problem', description: 'Problem details (RFC 9457)' });
export type Problem = z.infer<typeof Problem>;
