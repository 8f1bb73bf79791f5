/** The media type of a CloudEvent as one JSON document. */
export const CLOUD_EVENT_TYPE = 'application/cloudevents+json';

/** A header that begins like this carries an attribute of a CloudEvent whose data is the body. */
const BINARY_PREFIXES = ['ce-', 'ce_'];

/** Does a message say in its headers that it is a CloudEvent in binary mode? */
export function isBinaryCloudEvent(headers: Readonly<Record<string, unknown>>): boolean {
  return BINARY_PREFIXES.some((prefix) => headers[`${prefix}specversion`] !== undefined);
}

/**
 * The envelope of a CloudEvent in binary mode, as it would look in structured mode. Attributes come with `ce-` over HTTP and
 * NATS, where they are percent-encoded, and with `ce_` over Kafka.
 */
export function envelopeOf(headers: Readonly<Record<string, unknown>>, data: unknown): Record<string, unknown> {
  const envelope: Record<string, unknown> = {};
  for (const [header, value] of Object.entries(headers)) {
    const prefix = BINARY_PREFIXES.find((one) => header.startsWith(one));
    if (prefix && typeof value === 'string')
      envelope[header.slice(prefix.length)] = prefix === 'ce-' ? decode(value) : value;
  }
  const type = headers['content-type'];
  if (typeof type === 'string') envelope.datacontenttype = type;
  if (data !== undefined) envelope.data = data;
  return envelope;
}

// What is not percent-encoded as it should be is taken as it stands.
function decode(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}
