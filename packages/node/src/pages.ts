import type { Call, CallOptions, Request } from './call.ts';

/** One page of a list; `nextCursor` is null on the last page. */
export interface Page<Item> {
  items: Item[];
  nextCursor: string | null;
}

/**
 * A list. Iterate it to get every item, page after page as they are needed; await it to get one page.
 *
 * ```ts
 * for await (const user of pulse.users.list()) console.log(user.id);
 * const { items, nextCursor } = await pulse.users.list({ limit: 10 });
 * ```
 */
export class Pages<Item> implements AsyncIterable<Item>, PromiseLike<Page<Item>> {
  readonly #call: Call;
  readonly #request: Request;
  readonly #options: CallOptions | undefined;

  constructor(call: Call, request: Request, options?: CallOptions) {
    this.#call = call;
    this.#request = request;
    this.#options = options;
  }

  async *[Symbol.asyncIterator](): AsyncIterator<Item> {
    let page = await this.#page();
    for (;;) {
      yield* page.items;
      if (page.nextCursor === null) return;
      page = await this.#page(page.nextCursor);
    }
  }

  // oxlint-disable-next-line unicorn/no-thenable -- awaiting a list for one page is the point
  then<Done = Page<Item>, Failed = never>(
    onPage?: ((page: Page<Item>) => Done | PromiseLike<Done>) | null,
    onError?: ((reason: unknown) => Failed | PromiseLike<Failed>) | null,
  ): Promise<Done | Failed> {
    return this.#page().then(onPage, onError);
  }

  #page(cursor?: string): Promise<Page<Item>> {
    const query = cursor === undefined ? this.#request.query : { ...this.#request.query, cursor };
    return this.#call({ ...this.#request, query }, this.#options);
  }
}
