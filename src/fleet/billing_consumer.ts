import { AckPolicy, type ConsumerConfig, DeliverPolicy } from "nats";

/** What a durable consumer of records is created with: from the first record on, each until it is acknowledged. */
export function billingConsumer(name: string): Partial<ConsumerConfig> {
  return {
    durable_name: name,
    ack_policy: AckPolicy.Explicit,
    deliver_policy: DeliverPolicy.All,
    max_deliver: -1,
  };
}

/** Why records could pass by whoever takes them from an existing consumer; its times and limits are its user's own. */
export function consumerDrift(found: ConsumerConfig): string[] {
  const { ack_policy, deliver_policy, max_deliver = -1, filter_subject, deliver_subject, inactive_threshold = 0 } =
    found;
  return [
    ...(ack_policy === AckPolicy.Explicit ? [] : [`ack_policy is ${ack_policy}: a record is gone before it is billed`]),
    ...(deliver_policy === DeliverPolicy.All
      ? []
      : [`deliver_policy is ${deliver_policy}: earlier records are left out`]),
    ...(max_deliver === -1 ? [] : [`max_deliver is ${max_deliver}: a record is given up after so many attempts`]),
    ...(filter_subject ? [`filter_subject is ${filter_subject}: records of other subjects are left out`] : []),
    ...(deliver_subject ? ["it pushes: records come also when nobody takes them"] : []),
    ...(inactive_threshold === 0 ? [] : ["it is removed when nobody has used it for a while"]),
  ];
}
