export interface Parcel {
  carrier: string;
  days: number;
  /** When it will be there. */
  arrives: string;
}

const DAY_MS = 24 * 60 * 60 * 1000;
const parcels = new Map<string, Parcel>();

/** Hands an order to a carrier. */
export function sendParcel(order: string, carrier: string, now = new Date()): Parcel {
  const days = carrier === 'bicycle' ? 1 : 3;
  const parcel = { carrier, days, arrives: new Date(now.getTime() + days * DAY_MS).toISOString() };
  parcels.set(order, parcel);
  return parcel;
}

/** In a real shop this asks the carrier; the signal ends the question when nobody waits for the answer any more. */
export async function findParcel(order: string, signal: AbortSignal): Promise<Parcel | undefined> {
  signal.throwIfAborted();
  return parcels.get(order);
}
