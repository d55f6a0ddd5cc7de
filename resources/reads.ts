import DataLoader from "dataloader";

/** How a collection is read: one object, or all of them. */
export interface Source<R> {
  get(id: string): Promise<R | undefined>;
  list(): AsyncIterable<R>;
  idOf(object: R): string;
}

/** Reads made within this time count as made together. */
const WINDOW_MS = 15;
/** So many reads of a collection are made one by one; more of them are worth its list. */
const SINGLE_READS = 2;
/** A refresh reads in waves; for this long they are all served from one list. */
const LIST_LIFETIME_MS = 30_000;
/** Objects listed for each one wanted before the list is given up as too long. */
const LIST_RATIO = 100;

/**
 * Coalesced reads. A refresh asks for every resource on its own; here the reads of one collection become its list
 * pages. What the list does not hold is asked for by id before it counts as gone, because lists may lag behind.
 */
export class Reads {
  readonly #collections = new Map<string, Collection<unknown>>();

  /** The object, or undefined when it is gone. */
  get<R>(name: string, source: Source<R>, id: string): Promise<R | undefined> {
    let collection = this.#collections.get(name) as Collection<R> | undefined;
    if (collection === undefined) {
      collection = new Collection(source);
      this.#collections.set(name, collection as Collection<unknown>);
    }
    return collection.get(id);
  }

  /** Something in the collection changed: its list is not to be used any more. */
  forget(name: string): void {
    this.#collections.delete(name);
  }
}

class Collection<R> {
  readonly #source: Source<R>;
  readonly #loader: DataLoader<string, R | undefined>;
  #reads = 0;
  #listed: { at: number; objects: Promise<Map<string, R>> } | undefined;

  constructor(source: Source<R>) {
    this.#source = source;
    this.#loader = new DataLoader((ids) => this.#load(ids), {
      cache: false,
      maxBatchSize: Number.POSITIVE_INFINITY,
      batchScheduleFn: (callback) => void setTimeout(callback, WINDOW_MS),
    });
  }

  /** There is nothing to wait for once there is a list: whoever reads few at a time would wait again and again. */
  async get(id: string): Promise<R | undefined> {
    const listed = this.#fresh();
    if (!listed) return this.#loader.load(id);
    this.#reads++;
    return (await listed).get(id) ?? this.#source.get(id);
  }

  async #load(ids: readonly string[]): Promise<Array<R | undefined | Error>> {
    this.#reads += ids.length;
    const listed = this.#reads > SINGLE_READS ? await (this.#fresh() ?? this.#list(ids)) : new Map<string, R>();
    return Promise.all(
      ids.map(
        (id) =>
          listed.get(id) ??
          this.#source.get(id).catch((error: unknown) => (error instanceof Error ? error : new Error(String(error)))),
      ),
    );
  }

  #fresh(): Promise<Map<string, R>> | undefined {
    return this.#listed && Date.now() - this.#listed.at < LIST_LIFETIME_MS ? this.#listed.objects : undefined;
  }

  #list(ids: readonly string[]): Promise<Map<string, R>> {
    const objects = this.#listAll(ids);
    this.#listed = { at: Date.now(), objects };
    objects.catch(() => {
      this.#listed = undefined;
    });
    return objects;
  }

  async #listAll(ids: readonly string[]): Promise<Map<string, R>> {
    const objects = new Map<string, R>();
    for await (const object of this.#source.list()) {
      objects.set(this.#source.idOf(object), object);
      if (objects.size >= LIST_RATIO * this.#reads && !ids.every((id) => objects.has(id))) break;
    }
    return objects;
  }
}
