/**
 * The part of a NATS connection that the client uses. The connections of the packages `nats` (TCP) and `nats.ws`
 * (WebSocket) have it. The client never closes the connection.
 */
export interface ClientConnection {
  /** Sends a request and resolves with the first reply. */
  request(subject: string, payload?: string | Uint8Array, options?: ClientRequestOptions): Promise<ClientMessage>;
  /** Sends a message. */
  publish(subject: string, payload?: string | Uint8Array): void;
  /** Receives the messages of a subject; restored by the connection after a reconnection. */
  subscribe(subject: string): ClientSubscription;
  /** Resolves when the server has received everything that was sent before. */
  flush(): Promise<void>;
  /** The events of the connection: `disconnect`, `reconnect` and others. */
  status(): AsyncIterable<{ readonly type: string }>;
  /** Whether the connection is closed for good. */
  isClosed(): boolean;
}

/** Options of a request to a NATS server. */
export interface ClientRequestOptions {
  /** Milliseconds after which the request fails. */
  timeout: number;
  /** Headers of the request, with a method `encode` that returns their bytes. */
  headers?: unknown;
  /** Whether the reply has a subject of its own: JetStream sends a record with the subject of the record. */
  noMux?: boolean;
}

/** A received message. */
export interface ClientMessage {
  /** The subject to which it was sent. */
  readonly subject: string;
  /** The subject for an answer to it; absent or empty: it expects none. */
  readonly reply?: string;
  /** The payload. */
  readonly data: Uint8Array;
  /** The headers, if it has any. */
  readonly headers?: ClientHeaders;
}

/** The headers of a received message. */
export interface ClientHeaders {
  /** The status of a message of the server: 404, 408, 409; 0: it is not one. */
  readonly code: number;
  /** The text of the status. */
  readonly description: string;
  /** The first value of a header; empty: it is missing. */
  get(name: string): string;
}

/** A subscription. It ends when the connection is closed. */
export interface ClientSubscription extends AsyncIterable<ClientMessage> {
  /** Ends the subscription. */
  unsubscribe(): void;
}
