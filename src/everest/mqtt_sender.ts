/** What a meter uses of the MQTT connection. Payloads are sent as JSON. */
export interface MqttSender {
  /** Sends a message, if the broker is connected. Otherwise it is lost: it would be old later. */
  send(topic: string, payload: unknown): void;
  /**
   * Sends a message that must arrive. Without a connection, it is sent after the reconnection, but never after a time.
   *
   * @param untilMs monotonic time in milliseconds
   */
  sendUntil(topic: string, payload: unknown, untilMs: number): void;
}
