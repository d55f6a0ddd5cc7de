/**
 * The data plane's loop: messages wait in a queue, a cycle takes all of them and everything that is due by the virtual
 * clock, one cycle at a time. The inlet answers before the cycle runs, as Adobe's does.
 */
import { deliverDue } from "../capillary/delivery.ts";
import { endTransitions } from "../flow-service/flows.ts";
import { languageLoaded } from "../language.ts";
import { Ids, type World } from "../store.ts";
import type { Message, PlaneContext } from "./context.ts";
import { runDue } from "./scheduled.ts";
import { ingestMessages } from "./streaming.ts";

const planes = new WeakMap<World, Plane>();
/** How often real time is looked at for schedules. */
const TICK_MS = 1000;

/** Hands a message to the world's data plane. Without a running one it is lost, as at a reset. */
export function enqueue(world: World, message: Message): void {
  planes.get(world)?.push(message);
}

/** Messages that came together. */
interface Arrivals {
  /** When they may be processed, on the wall clock (performance.now()). */
  due: number;
  messages: Message[];
}

export class Plane {
  readonly #context: PlaneContext;
  readonly #abort = new AbortController();
  readonly #tick: NodeJS.Timeout;
  readonly #unsubscribe: () => void;
  #pending: Arrivals[] = [];
  #timer: NodeJS.Timeout | undefined;
  #last: Promise<void> = Promise.resolve();

  constructor(world: World) {
    const seed = world.seed ^ Math.imul(world.ids.state, 0x9e3779b1) ^ 0xba7c4;
    this.#context = { world, ids: new Ids(seed), signal: this.#abort.signal };
    this.#tick = setInterval(() => void this.cycle(), TICK_MS);
    this.#tick.unref();
    this.#unsubscribe = world.clock.onJump(() => void this.cycle());
    planes.set(world, this);
  }

  push(message: Message): void {
    const due = performance.now() + this.#context.world.settings.landingDelayMs;
    const last = this.#pending.at(-1);
    if (last && Math.abs(due - last.due) < 1) last.messages.push(message);
    else this.#pending.push({ due, messages: [message] });
    this.#wake();
  }

  /** Sees to it that somebody looks when the first message is due. */
  #wake(): void {
    const [first] = this.#pending;
    if (!first || this.#abort.signal.aborted) return;
    const wait = () => {
      this.#timer = undefined;
      void this.cycle().then(() => this.#wake());
    };
    this.#timer ??= setTimeout(wait, Math.max(0, first.due - performance.now())).unref();
  }

  /**
   * Runs one cycle after those under way, over what is due by the wall clock or over all messages. Never rejects: a failure is a failed
   * run or, for a bug, a line on stderr.
   */
  cycle(options: { all?: boolean } = {}): Promise<void> {
    this.#last = this.#last.then(() => this.#run(options.all ?? false));
    return this.#last;
  }

  /** Resolves when nothing is queued and nothing is due. */
  async settle(): Promise<void> {
    do await this.cycle({ all: true });
    while (this.#pending.length > 0 && !this.#abort.signal.aborted);
  }

  stop(): void {
    this.#abort.abort();
    clearInterval(this.#tick);
    clearTimeout(this.#timer);
    this.#unsubscribe();
    this.#pending = [];
    const { world } = this.#context;
    if (planes.get(world) === this) planes.delete(world);
  }

  async #run(all: boolean): Promise<void> {
    if (this.#abort.signal.aborted) return;
    // Timers may come a little early.
    const now = performance.now() + 1;
    const due = this.#pending.filter((arrivals) => all || arrivals.due <= now);
    if (due.length > 0) this.#pending = this.#pending.filter((arrivals) => !due.includes(arrivals));
    const messages = due.flatMap((arrivals) => arrivals.messages);
    try {
      for (const sandbox of this.#context.world.sandboxes.values()) endTransitions(this.#context.world, sandbox);
      if (messages.length > 0) await languageLoaded();
      await ingestMessages(this.#context, messages);
      await runDue(this.#context);
      await deliverDue(this.#context.world, this.#context.signal);
    } catch (error) {
      if (!this.#abort.signal.aborted)
        process.stderr.write(`emulator data plane: ${error instanceof Error ? error.stack : String(error)}\n`);
    }
  }
}
