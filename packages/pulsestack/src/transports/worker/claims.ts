import { type Part, part, sql } from '../../kernel/sql.ts';
import type { Transaction } from '../../kernel/tenancy.ts';

/** A job this process may work at until its lease ends. */
export interface Claimed {
  workspace_id: string;
  id: string;
  name: string;
  key: string | null;
  data: unknown;
  priority: number;
  seq: number;
  attempts: number;
  max_attempts: number;
  /** The claim it holds; whoever completes the job names it. */
  claims: number;
  progress: { done: number; total: number | null } | null;
  correlation_id: string;
  /** As the database writes it, to be written back. */
  created_at: string;
}

/** A fair claim also says how many workspaces it has looked at. */
export type FairlyClaimed = Claimed & { spaces: number };

/** So many workspaces one claim serves; the next goes on behind them. */
export const MAX_SPACES = 64;
const UPKEEP = 1000;

const COLUMNS = part`job.workspace_id, job.id, job.name, job.key, job.data, job.priority, job.seq, job.attempts,
  job.max_attempts, job.claims, job.progress, job.correlation_id, job.created_at::text`;

/**
 * Makes ready what is due, and what a process held that has died or lost its way. A lease ends by the database's clock,
 * so no process can hold on by a slow clock of its own, nor take by a fast one.
 */
export function promote(tx: Transaction, virtualNow: Date | null): Promise<{ moved: number; hopeless: boolean }> {
  return tx.get(sql`
    with due as (
      update jobs set state = 'ready'
      where ctid = any (array(
        select ctid from jobs
        where state = 'scheduled' and run_at <= coalesce(${virtualNow}, clock_timestamp())
        order by run_at
        limit ${UPKEEP}
        for update skip locked))
      returning 1
    ), freed as (
      update jobs set state = 'ready', leased_until = null, key = case when attempts = 0 then null else key end,
                      error = case when attempts = 0 then error else 'the process ended, or took too long, while this job ran' end
      where ctid = any (array(
        select ctid from jobs
        where state = 'running' and leased_until < clock_timestamp() and attempts < max_attempts
        order by leased_until
        limit ${UPKEEP}
        for update skip locked))
      returning 1
    )
    select (select count(*) from due) + (select count(*) from freed) as moved,
           exists (select from jobs where state = 'running' and leased_until < clock_timestamp() and attempts >= max_attempts) as hopeless`);
}

/** Takes those jobs that have ended every process that tried them, so that they can be given up in order. */
export function claimHopeless(tx: Transaction, leaseMs: number): Promise<Claimed[]> {
  return tx.rows(sql`
    update jobs as job set claims = claims + 1, leased_until = clock_timestamp() + make_interval(secs => ${leaseMs / 1000})
    where ctid = any (array(
      select ctid from jobs
      where state = 'running' and leased_until < clock_timestamp() and attempts >= max_attempts
      order by leased_until
      limit 20
      for update skip locked))
    returning ${COLUMNS}`);
}

/** The lanes in which something is ready. */
export async function readyLanes(tx: Transaction): Promise<string[]> {
  const rows = await tx.rows<{ lane: string }>(sql`
    with recursive lanes as (
      (select lane from jobs where state = 'ready' order by lane limit 1)
      union all
      select next.lane
      from lanes
      cross join lateral (select lane from jobs where state = 'ready' and lane > lanes.lane order by lane limit 1) as next
    )
    select lane from lanes`);
  return rows.map((row) => row.lane);
}

/**
 * Claims from every workspace its share, so that a small one never waits for another's backlog: the index is read once per
 * workspace to find who has work, and then once for each share. `after` is where the last claim stopped looking.
 */
export function claimFair(
  tx: Transaction,
  claim: { lane: string; limit: number; after: string; leaseMs: number; starts: boolean },
): Promise<FairlyClaimed[]> {
  return tx.rows(sql`
    with recursive spaces as (
      (select workspace_id, 1 as n from jobs where state = 'ready' and lane = ${claim.lane} and workspace_id > ${claim.after}
       order by workspace_id limit 1)
      union all
      select next.workspace_id, spaces.n + 1
      from spaces
      cross join lateral (
        select workspace_id from jobs where state = 'ready' and lane = ${claim.lane} and workspace_id > spaces.workspace_id
        order by workspace_id limit 1) as next
      where spaces.n < ${MAX_SPACES}
    ), share as (
      select ceil(${claim.limit}::numeric / greatest(count(*), 1))::int as size from spaces
    ), picked as materialized (
      select one.row_id
      from spaces
      cross join lateral (
        select ctid as row_id from jobs
        where state = 'ready' and lane = ${claim.lane} and workspace_id = spaces.workspace_id
        order by priority, seq
        limit (select size from share)
        for update skip locked) as one
    )
    ${take(claim, part`(select count(*) from spaces)`)}`);
}

/** Claims so many from each workspace named. */
export function claimOf(
  tx: Transaction,
  claim: { lane: string; workspaces: readonly string[]; sizes: readonly number[]; leaseMs: number; starts: boolean },
): Promise<Claimed[]> {
  return tx.rows(sql`
    with picked as materialized (
      select one.row_id
      from unnest(${claim.workspaces}::text[], ${claim.sizes}::int[]) as space (workspace_id, size)
      cross join lateral (
        select ctid as row_id from jobs
        where state = 'ready' and lane = ${claim.lane} and workspace_id = space.workspace_id
        order by priority, seq
        limit space.size
        for update skip locked) as one
    )
    ${take(claim, part`0`)}`);
}

// By the place of the rows, which are locked and so stay where they are: no plan can go wrong here.
function take({ leaseMs, starts }: { leaseMs: number; starts: boolean }, seen: Part): Part {
  return part`
    update jobs as job
    set state = 'running', claims = claims + 1, attempts = attempts + ${starts ? 1 : 0}::int,
        leased_until = clock_timestamp() + make_interval(secs => ${leaseMs / 1000})
    where ctid = any (array(select row_id from picked))
    returning ${COLUMNS}, ${seen}::int as spaces`;
}

/** A claim as another process hands it over. */
export interface ClaimRef {
  workspaceId: string;
  id: string;
  claim: number;
}

/** Begins work at claims that were handed over. A claim can be begun once: what was handed over twice is missing from the second answer. */
export function begin(tx: Transaction, refs: readonly ClaimRef[], leaseMs: number): Promise<Claimed[]> {
  return tx.rows(sql`
    update jobs as job
    set claims = claims + 1, attempts = attempts + 1, leased_until = clock_timestamp() + make_interval(secs => ${leaseMs / 1000})
    from ${these(refs)}
    where job.workspace_id = mine.workspace_id and job.id = mine.id and job.claims = mine.claim and job.state = 'running'
    returning ${COLUMNS}`);
}

/** Keeps the leases alive; a job that is being completed is left alone. Returns the ids that are still held. */
export async function extend(tx: Transaction, refs: readonly ClaimRef[], leaseMs: number): Promise<Set<string>> {
  const rows = await tx.rows<{ id: string }>(sql`
    update jobs as job
    set leased_until = clock_timestamp() + make_interval(secs => ${leaseMs / 1000})
    from (
      select held.workspace_id, held.id
      from jobs as held
      join ${these(refs)} on held.workspace_id = mine.workspace_id and held.id = mine.id and held.claims = mine.claim
      where held.state = 'running'
      order by held.workspace_id, held.id
      for update of held skip locked) as found
    where job.workspace_id = found.workspace_id and job.id = found.id
    returning job.id`);
  return new Set(rows.map((row) => row.id));
}

/**
 * Completes jobs: with the commit they are gone. Those whose claim is not held any more are missing from the answer, and
 * their results must not be written. From here to the commit nobody else can claim them.
 */
export async function complete(tx: Transaction, refs: readonly ClaimRef[]): Promise<Set<string>> {
  const [only] = refs;
  if (refs.length === 1 && only) {
    const held = await tx.run(sql`
      delete from jobs
      where workspace_id = ${only.workspaceId} and id = ${only.id} and state = 'running' and claims = ${only.claim}`);
    return new Set(held === 1 ? [only.id] : []);
  }
  const rows = await tx.rows<{ id: string }>(sql`
    delete from jobs as job using ${these(refs)}
    where job.workspace_id = mine.workspace_id and job.id = mine.id and job.claims = mine.claim and job.state = 'running'
    returning job.id`);
  return new Set(rows.map((row) => row.id));
}

/** Gives claims back as if they had never been taken. */
export async function release(tx: Transaction, jobs: readonly Claimed[], started: boolean): Promise<void> {
  await tx.run(sql`
    update jobs as job
    set state = 'ready', leased_until = null, attempts = attempts - ${started ? 1 : 0}::int,
        key = case when attempts > ${started ? 1 : 0}::int then key end
    from ${these(jobs.map(refOf))}
    where job.workspace_id = mine.workspace_id and job.id = mine.id and job.claims = mine.claim and job.state = 'running'`);
}

/** Adds completed jobs again that have said when they go on; they keep their ids and go to the end of the queue. */
export async function goOn(
  tx: Transaction,
  jobs: readonly { job: Claimed; lane: string; data: unknown; afterMs: number; progress: object | null }[],
  virtualNow: Date | null,
): Promise<void> {
  await tx.run(sql`
    insert into jobs (workspace_id, id, name, lane, key, data, state, priority, run_at, max_attempts, claims, progress, correlation_id, created_at)
    select workspace_id, id, name, lane,
           -- Whoever has asked anew meanwhile gets the key, and this job goes on without.
           case when not exists (
             select from jobs as other
             where other.workspace_id = added.workspace_id and other.name = added.name and other.key = added.key
               and other.attempts = 0 and other.state in ('scheduled', 'ready')) then key end,
           data, case when after_ms > 0 then 'scheduled' else 'ready' end, priority,
           coalesce(${virtualNow}::timestamptz, clock_timestamp()) + make_interval(secs => after_ms / 1000.0),
           max_attempts, claims, progress, correlation_id, created_at
    from unnest(${jobs.map(({ job }) => job.workspace_id)}::text[], ${jobs.map(({ job }) => job.id)}::text[],
                ${jobs.map(({ job }) => job.name)}::text[], ${jobs.map(({ lane }) => lane)}::text[],
                ${jobs.map(({ job }) => job.key)}::text[], ${jobs.map((one) => JSON.stringify(one.data))}::jsonb[],
                ${jobs.map(({ job }) => job.priority)}::smallint[], ${jobs.map((one) => one.afterMs)}::float8[],
                ${jobs.map(({ job }) => job.max_attempts)}::int[], ${jobs.map(({ job }) => job.claims)}::int[],
                ${jobs.map((one) => (one.progress ? JSON.stringify(one.progress) : null))}::jsonb[],
                ${jobs.map(({ job }) => job.correlation_id)}::text[], ${jobs.map(({ job }) => job.created_at)}::timestamptz[])
         as added (workspace_id, id, name, lane, key, data, priority, after_ms, max_attempts, claims, progress, correlation_id, created_at)`);
}

const KEPT_FAILURES = 10;

/** Puts a failed job back until its next try, or to rest for a person. False when the claim was lost meanwhile. */
export async function putBack(
  tx: Transaction,
  job: Claimed,
  failure: { sentence: string; dead: boolean; afterMs: number },
  virtualNow: Date | null,
): Promise<boolean> {
  const put = await tx.run(sql`
    update jobs
    set state = ${failure.dead ? 'dead' : 'scheduled'}, leased_until = null, error = ${failure.sentence},
        failures = (case when jsonb_array_length(failures) >= ${KEPT_FAILURES} then failures - 0 else failures end)
          || jsonb_build_object('attempt', attempts, 'at', coalesce(${virtualNow}::timestamptz, clock_timestamp()), 'error', ${failure.sentence}::text),
        run_at = coalesce(${virtualNow}::timestamptz, clock_timestamp()) + make_interval(secs => ${failure.afterMs / 1000})
    where workspace_id = ${job.workspace_id} and id = ${job.id} and state = 'running' and claims = ${job.claims}`);
  return put === 1;
}

/** What the workspaces with ready jobs of a lane may do now. Locks their buckets, so that two processes do not spend the same tokens. */
export function fillBuckets(
  tx: Transaction,
  lane: string,
  rate: { perSecond: number; burst: number },
  after: string,
  virtualNow: Date | null,
): Promise<{ workspace_id: string; tokens: number; wait_ms: number }[]> {
  return tx.rows(sql`
    with recursive spaces as (
      (select workspace_id, 1 as n from jobs where state = 'ready' and lane = ${lane} and workspace_id > ${after} order by workspace_id limit 1)
      union all
      select next.workspace_id, spaces.n + 1
      from spaces
      cross join lateral (
        select workspace_id from jobs where state = 'ready' and lane = ${lane} and workspace_id > spaces.workspace_id
        order by workspace_id limit 1) as next
      where spaces.n < ${MAX_SPACES}
    ), time as (select coalesce(${virtualNow}::timestamptz, clock_timestamp()) as now)
    insert into job_buckets as bucket (workspace_id, name, tokens, filled_at)
    select workspace_id, ${lane}, ${rate.burst}::float8, time.now from spaces, time order by workspace_id
    on conflict (workspace_id, name) do update set
      tokens = least(coalesce(bucket.burst, ${rate.burst}::float8),
                     bucket.tokens + greatest(0, extract(epoch from excluded.filled_at - bucket.filled_at)) * coalesce(bucket.per_second, ${rate.perSecond}::float8)),
      filled_at = greatest(bucket.filled_at, excluded.filled_at)
    returning workspace_id, floor(tokens + 1e-9)::int as tokens,
              (greatest(0, 1 - tokens) / coalesce(per_second, ${rate.perSecond}::float8) * 1000)::float8 as wait_ms`);
}

export async function spend(
  tx: Transaction,
  lane: string,
  spent: readonly { workspaceId: string; tokens: number }[],
): Promise<void> {
  await tx.run(sql`
    update job_buckets as bucket set tokens = bucket.tokens - spent.tokens
    from unnest(${spent.map((one) => one.workspaceId)}::text[], ${spent.map((one) => one.tokens)}::int[]) as spent (workspace_id, tokens)
    where bucket.workspace_id = spent.workspace_id and bucket.name = ${lane}`);
}

export function refOf(job: Claimed): ClaimRef {
  return { workspaceId: job.workspace_id, id: job.id, claim: job.claims };
}

// All three as arrays, although the workspace is often one: a constant would tempt the planner to read all jobs of it.
function these(refs: readonly ClaimRef[]): Part {
  return part`unnest(${refs.map((ref) => ref.workspaceId)}::text[], ${refs.map((ref) => ref.id)}::text[], ${refs.map((ref) => ref.claim)}::int[])
    as mine (workspace_id, id, claim)`;
}
