import { AckPolicy, type ConsumerConfig, DeliverPolicy } from "nats";

/**
 * Configuration of a durable consumer of records: it delivers all records from the first one, each until it is
 * acknowledged.
 */
export function billingConsumer(name: string): Partial<ConsumerConfig> {
  return {
    durable_name: name,
    ack_policy: AckPolicy.Explicit,
    deliver_policy: DeliverPolicy.All,
    max_deliver: -1,
  };
}

/** Returns why the user of an existing consumer may miss records. Its times and limits are not checked. */
export function consumerDrift(found: ConsumerConfig): string[] {
  const { ack_policy, deliver_policy, max_deliver = -1, filter_subject, deliver_subject, inactive_threshold = 0 } =
    found;
  return [
    ...(ack_policy === AckPolicy.Explicit ? [] : [
      `ack_policy is ${ack_policy}: a record can be lost before it ` +
      "is billed",
    ]),
    ...(deliver_policy === DeliverPolicy.All
      ? []
      : [`deliver_policy is ${deliver_policy}: earlier records are missing`]),
    ...(max_deliver === -1 ? [] : [`max_deliver is ${max_deliver}: a record is dropped after this number of attempts`]),
    ...(filter_subject ? [`filter_subject is ${filter_subject}: records of other subjects are missing`] : []),
    ...(deliver_subject ? ["it is a push consumer: records can be lost while its user is not connected"] : []),
    ...(inactive_threshold === 0 ? [] : ["it is removed if it is not used for some time"]),
  ];
}
