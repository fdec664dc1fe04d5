import type { Msg, NatsConnection, Service, ServiceMsg, Subscription } from "nats";
import { errorText, type Log } from "../base/log.ts";
import { Mutex } from "../base/mutex.ts";
import type { Time } from "../base/time.ts";
import type { ServedEndpoint } from "../contract/mod.ts";
import type { Denial } from "./missing_permission.ts";

/** A request as the client delivers it. */
export type RequestMessage = Pick<ServiceMsg & Msg, "subject" | "data" | "headers" | "respond">;

/** Options of the subscriptions. */
export interface EndpointSubscriptionsOptions {
  /** The endpoints that are served from the start. */
  readonly served: readonly ServedEndpoint[];
  /** Registers a micro service with some of the endpoints. */
  register(connection: NatsConnection, served: readonly ServedEndpoint[]): Promise<Service>;
  take(served: ServedEndpoint, message: RequestMessage): void;
  /** Called when the server accepts these subscriptions. */
  onAllowed(subscriptions: readonly Denial[]): void;
}

/**
 * Subscribes to every endpoint that the server permits. The client ends a whole micro service if one of its
 * subscriptions is refused. Therefore each endpoint is first subscribed alone, and the accepted endpoints become a
 * micro service. If discovery (`$SRV`) is refused, the endpoints are served without it. Refused subscriptions are
 * retried.
 */
export class EndpointSubscriptions {
  readonly #options: EndpointSubscriptionsOptions;
  readonly #log: Log;
  readonly #time: Time;
  readonly #stopping = new AbortController();
  readonly #served: Set<ServedEndpoint>;
  readonly #rounds = new Mutex();
  /** Endpoints that are not (yet) part of the service. */
  readonly #single = new Map<ServedEndpoint, Subscription>();
  #service: Service | undefined;
  /** Endpoints of the service. */
  #registered: readonly ServedEndpoint[] = [];
  #wake = new AbortController();
  #connection: NatsConnection | undefined;

  constructor(options: EndpointSubscriptionsOptions, { log, time }: { log: Log; time: Time }) {
    this.#options = options;
    this.#log = log;
    this.#time = time;
    this.#served = new Set(options.served);
  }

  /** Subscribes on a new connection and retries refused subscriptions. Resolves after the first round. */
  async serve(connection: NatsConnection): Promise<void> {
    this.#connection = connection;
    this.#single.clear();
    await this.#leave();
    await this.#round(connection);
    void connection.closed().then(() => this.retry());
    void this.#repeat(connection);
  }

  /** Serves more endpoints. The others are not disturbed. */
  add(served: readonly ServedEndpoint[]): void {
    for (const one of served) this.#served.add(one);
    this.retry();
  }

  /**
   * Stops serving the endpoints of a meter. The others are not disturbed. Resolves when the server has confirmed it; a
   * request that arrives before that is still taken.
   */
  async remove(meter: string): Promise<void> {
    for (const one of this.#served) if (one.meter === meter) this.#served.delete(one);
    const connection = this.#connection;
    if (connection !== undefined && !connection.isClosed()) await this.#round(connection);
  }

  /** Retries the missing subscriptions now: after a reconnect or a change of permissions. */
  retry(): void {
    this.#wake.abort();
  }

  /**
   * Call it when the server refuses a subscription. The subscription may have been accepted before; the client does not
   * detect that for an endpoint.
   */
  denied(subject: string): void {
    for (const [served, subscription] of this.#single) {
      if (served.subject !== subject) continue;
      this.#single.delete(served);
      subscription.unsubscribe();
    }
    if (!this.#registered.some((served) => served.subject === subject)) return;
    // The service stays until the other endpoints are served without it
    this.#registered = [];
    this.retry();
  }

  /** Stops accepting requests. Resolves when the server has confirmed it. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    this.retry();
    await Promise.allSettled([this.#service?.stop(), ...[...this.#single.values()].map((single) => single.drain())]);
  }

  async #repeat(connection: NatsConnection): Promise<void> {
    while (!this.#stopping.signal.aborted && !connection.isClosed()) {
      await this.#time.sleep(retryMs, this.#wake.signal);
      this.#wake = new AbortController();
      if (!this.#stopping.signal.aborted && !connection.isClosed()) await this.#round(connection);
    }
  }

  /** Makes the subscriptions fit the endpoints that are to be served. Never throws. */
  #round(connection: NatsConnection): Promise<void> {
    return this.#rounds.run(async () => {
      try {
        await this.#update(connection);
      } catch (error) {
        this.#log.debug("Cannot subscribe to the endpoints; retrying", { reason: errorText(error) });
      }
    });
  }

  async #update(connection: NatsConnection): Promise<void> {
    const unwanted = [...this.#single].filter(([one]) => !this.#served.has(one));
    for (const [one] of unwanted) this.#single.delete(one);
    const missing = [...this.#served].filter((one) => !this.#registered.includes(one));
    const isReduced = this.#registered.some((one) => !this.#served.has(one));
    if (missing.length > 0 || isReduced) {
      for (const one of missing) if (!this.#single.has(one)) this.#subscribe(connection, one);
      const discovery = await this.#mayBeFound(connection);
      this.#options.onAllowed([...this.#single.keys()].map(({ subject }) => ({ operation: "subscribe", subject })));
      if (this.#stopping.signal.aborted) return;
      if (discovery) await this.#register(connection);
      else await this.#serveSingly(connection);
    }
    await Promise.allSettled(unwanted.map(([, subscription]) => subscription.drain()));
  }

  #subscribe(connection: NatsConnection, served: ServedEndpoint): void {
    const subscription = connection.subscribe(served.subject, {
      queue: served.queue ?? usualQueue,
      callback: (error, message) => {
        if (error === null) this.#options.take(served, message);
        else this.#single.delete(served);
      },
    });
    this.#single.set(served, subscription);
  }

  /** Whether the server permits the discovery subjects. All refusals have arrived when it resolves. */
  async #mayBeFound(connection: NatsConnection): Promise<boolean> {
    let allowed = true;
    const probes = discoverySubjects.map((subject) =>
      connection.subscribe(subject, { callback: (error) => allowed &&= error === null })
    );
    await connection.flush();
    for (const probe of probes) probe.unsubscribe();
    if (allowed) this.#options.onAllowed(discoverySubjects.map((subject) => ({ operation: "subscribe", subject })));
    return allowed;
  }

  async #serveSingly(connection: NatsConnection): Promise<void> {
    for (const one of this.#registered) if (this.#served.has(one)) this.#subscribe(connection, one);
    await this.#leave();
  }

  /** Makes one service of all accepted endpoints. Every request finds a subscription at any time. */
  async #register(connection: NatsConnection): Promise<void> {
    const remaining = this.#registered.filter((one) => this.#served.has(one));
    const permitted = [...remaining, ...this.#single.keys()];
    if (this.#single.size === 0 && remaining.length === this.#registered.length) return;
    const service = await this.#options.register(connection, permitted);
    try {
      await connection.flush();
    } catch (error) {
      // The connection is lost; after the reconnect, the client would restore this service, too
      void service.stop();
      throw error;
    }
    if (service.isStopped) return;
    if (this.#stopping.signal.aborted) return void (await service.stop());
    await this.#leave();
    this.#service = service;
    this.#registered = permitted;
    void service.stopped.then(() => this.#ended(service));
    const single = [...this.#single.values()];
    this.#single.clear();
    await Promise.allSettled(single.map((subscription) => subscription.drain()));
  }

  /** The client ends the service if a subscription is refused after a reconnect. */
  #ended(service: Service): void {
    if (this.#service !== service) return;
    this.#service = undefined;
    this.#registered = [];
    this.retry();
  }

  async #leave(): Promise<void> {
    const service = this.#service;
    this.#service = undefined;
    this.#registered = [];
    await service?.stop();
  }
}

const retryMs = 30_000;
/** The queue group of the client's micro services. */
const usualQueue = "q";
const discoverySubjects = ["PING", "STATS", "INFO"].flatMap((verb) => [
  `$SRV.${verb}`,
  `$SRV.${verb}.wattseal`,
  `$SRV.${verb}.wattseal.probe`,
]);
