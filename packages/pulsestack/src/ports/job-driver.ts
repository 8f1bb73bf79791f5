/** Claims of one job name and workspace that are worked at together. It names rows and carries no data. */
export interface Parcel {
  workspaceId: string;
  job: string;
  claims: { id: string; claim: number }[];
}

/**
 * Carries claimed work to the processes that do it. The rows and their leases in the database are the truth: what a
 * driver loses is claimed again when its lease has run out, and what it carries twice is begun once.
 */
export interface JobDriver {
  readonly kind: 'postgres' | 'bullmq';
  /** How many more jobs it takes now, so that nothing waits in it for longer than its lease. */
  room(): Promise<number>;
  /** Resolves when all parcels are handed over; rejects soon when that cannot be, and some may be carried nevertheless. */
  carry(parcels: readonly Parcel[]): Promise<void>;
  /** Gives parcels to this process from now on; `work` never rejects. */
  receive(work: (parcel: Parcel) => Promise<void>): Promise<void>;
  /** Takes no more, waits for what this process works at. */
  stop(): Promise<void>;
}
