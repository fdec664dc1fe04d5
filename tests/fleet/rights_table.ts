import assert from "node:assert/strict";
import type { Probe } from "./probe.ts";

/** The roles with minimum permissions. */
export type LimitedRole = "node" | "viewer" | "controller" | "billing" | "web" | "everest";

/** Allowed actions of the service and the process `everest` of berlin-01, and of the users of all sites. */
const table: readonly (readonly [action: string, ...roles: LimitedRole[]])[] = [
  ["publish wattseal.berlin-01.evse-1.reading", "node"],
  ["publish wattseal.berlin-01.evse-1.ocmf", "node"],
  ["publish wattseal.berlin-01.evse-1.interval", "node"],
  ["publish wattseal.berlin-01._node.status", "node"],
  ["publish wattseal.munich-02.evse-1.reading"],
  ["publish wattseal.munich-02.evse-1.ocmf"],
  ["publish wattseal.munich-02.evse-1.status"],
  ["publish wattseal.munich-02.evse-1.reading.get", "viewer", "controller"],
  ["publish wattseal.munich-02.evse-1.public_key.get", "viewer", "controller"],
  ["publish wattseal.munich-02.evse-1.status.get", "viewer", "controller"],
  ["publish wattseal.munich-02._node.journal.get", "controller"],
  ["publish wattseal.munich-02.evse-1.transaction.start", "controller"],
  ["publish wattseal.munich-02.evse-1.transaction.stop", "controller"],
  ["publish wattseal.munich-02.evse-1.transaction.status", "controller"],
  ["publish wattseal.berlin-01.evse-1.transaction.start", "node", "controller", "everest"],
  ["publish wattseal.berlin-01.evse-1.transaction.stop", "node", "controller", "everest"],
  ["publish wattseal.berlin-01.evse-1.transaction.status", "node", "controller"],
  ["publish wattseal.berlin-01.evse-1.status.get", "node", "viewer", "controller", "everest"],
  ["publish wattseal.berlin-01.evse-1.public_key.get", "node", "viewer", "controller", "everest"],
  ["publish wattseal.berlin-01.evse-1.acknowledge", "node"],
  ["publish wattseal.munich-02.evse-1.acknowledge"],
  ["publish wattseal.munich-02._node.redeliver"],
  ["publish _INBOX.x"],
  ["publish $SRV.PING"],
  ["publish $SRV.PING.wattseal", "viewer"],
  ["publish $SRV.INFO.wattseal", "viewer"],
  ["publish $SRV.STATS.wattseal", "viewer"],
  ["publish $SRV.INFO.wattseal.id", "viewer"],
  ["publish $JS.API.INFO"],
  ["publish $JS.API.STREAM.NAMES", "node", "viewer"],
  ["publish $JS.API.STREAM.LIST"],
  ["publish $JS.API.STREAM.INFO.WATTSEAL_OCMF", "node", "web"],
  ["publish $JS.API.STREAM.INFO.WATTSEAL_READINGS", "node", "web"],
  ["publish $JS.API.STREAM.INFO.WATTSEAL_STATE", "node", "viewer", "web"],
  ["publish $JS.API.STREAM.INFO.WATTSEAL_INTERVALS", "node"],
  ["publish $JS.API.STREAM.CREATE.WATTSEAL_INTERVALS", "node"],
  ["publish $JS.API.STREAM.CREATE.WATTSEAL_OCMF", "node"],
  ["publish $JS.API.STREAM.CREATE.WATTSEAL_READINGS", "node"],
  ["publish $JS.API.STREAM.CREATE.WATTSEAL_STATE", "node"],
  ["publish $JS.API.STREAM.CREATE.OTHER"],
  ["publish $JS.API.STREAM.UPDATE.WATTSEAL_OCMF"],
  ["publish $JS.API.STREAM.DELETE.WATTSEAL_OCMF"],
  ["publish $JS.API.STREAM.PURGE.WATTSEAL_OCMF"],
  ["publish $JS.API.STREAM.MSG.GET.WATTSEAL_OCMF", "web"],
  ["publish $JS.API.STREAM.MSG.GET.WATTSEAL_READINGS"],
  ["publish $JS.API.STREAM.MSG.DELETE.WATTSEAL_OCMF"],
  ["publish $JS.API.DIRECT.GET.WATTSEAL_STATE.wattseal.berlin-01.evse-1.status", "node", "viewer"],
  ["publish $JS.API.DIRECT.GET.WATTSEAL_STATE.wattseal.munich-02.evse-1.status", "viewer"],
  ["publish $JS.API.CONSUMER.CREATE.WATTSEAL_STATE", "viewer", "web"],
  ["publish $JS.FC.WATTSEAL_STATE.consumer.x", "viewer", "web"],
  ["publish $JS.API.CONSUMER.CREATE.WATTSEAL_READINGS", "web"],
  ["publish $JS.FC.WATTSEAL_READINGS.consumer.x", "web"],
  ["publish $JS.API.CONSUMER.CREATE.WATTSEAL_INTERVALS", "viewer"],
  ["publish $JS.FC.WATTSEAL_INTERVALS.consumer.x", "viewer"],
  ["publish $JS.FC.WATTSEAL_OCMF.consumer.x"],
  ["publish $JS.API.CONSUMER.CREATE.WATTSEAL_OCMF", "web"],
  ["publish $JS.API.CONSUMER.DURABLE.CREATE.WATTSEAL_OCMF.other"],
  ["publish $JS.API.CONSUMER.DELETE.WATTSEAL_OCMF.billing"],
  ["publish $JS.API.CONSUMER.MSG.NEXT.WATTSEAL_OCMF.billing", "billing", "web"],
  ["publish $JS.API.CONSUMER.MSG.NEXT.WATTSEAL_OCMF.other", "web"],
  ["publish $JS.ACK.WATTSEAL_OCMF.billing.1.1.1.1.0", "billing"],
  ["publish $JS.ACK.WATTSEAL_OCMF.other.1.1.1.1.0"],
  ["publish $SYS.REQ.SERVER.PING"],
  ["subscribe wattseal.berlin-01.*.*.get", "node"],
  ["subscribe wattseal.berlin-01.*.transaction.*", "node"],
  ["subscribe wattseal.berlin-01.*.acknowledge", "node"],
  ["subscribe wattseal.berlin-01._node.redeliver", "node"],
  ["subscribe wattseal.munich-02.*.transaction.*"],
  ["subscribe wattseal.berlin-01.*.reading", "viewer", "web", "everest"],
  ["subscribe wattseal.munich-02.*.reading", "viewer", "web"],
  ["subscribe wattseal.*.*.reading", "viewer", "web"],
  ["subscribe wattseal.*.*.interval", "viewer"],
  ["subscribe wattseal.*.*.public_key", "viewer"],
  ["subscribe wattseal.*.*.status", "viewer", "web"],
  ["subscribe wattseal.*.*.fault.*", "viewer", "web"],
  ["subscribe wattseal.*.*.ocmf"],
  ["subscribe wattseal.>"],
  ["subscribe >"],
  ["subscribe $SRV.>", "node"],
  ["subscribe $JS.>"],
  ["subscribe _INBOX.>"],
  ["subscribe _INBOX_munich-02.>"],
  ["subscribe _INBOX_everest.munich-02.>"],
];

/**
 * Checks each role against the table: required actions are allowed, all others are refused.
 *
 * @param inboxes prefix of each role's inbox; no other role can subscribe to it
 */
export async function assertRights(
  t: Deno.TestContext,
  probes: Readonly<Record<LimitedRole | "administrator", Probe>>,
  inboxes: Readonly<Record<LimitedRole, string>>,
): Promise<void> {
  const whole = [
    ...table,
    ...limitedRoles.map((role) => [`subscribe ${inboxes[role]}.>`, role] as const),
    ...limitedRoles.map((role) => [`publish ${inboxes[role]}.x`] as const),
  ];
  const attempts = (requested: (action: string) => boolean) => {
    const actions = whole.map(([action]) => action).filter(requested);
    const subjects = (kind: string) =>
      actions.filter((action) => action.startsWith(kind)).map((action) => action.slice(kind.length));
    return { publish: subjects("publish "), subscribe: subjects("subscribe ") };
  };
  for (const role of limitedRoles) {
    await t.step(`${role}: required actions are allowed, all others are refused`, async () => {
      const refused = await probes[role].refused(attempts(() => true));
      const expected = whole.filter(([, ...allowed]) => !allowed.some((other) => other === role));
      assert.deepEqual(refused.sort(), expected.map(([action]) => action).sort());
    });
  }
  await t.step("the administrator may do everything", async () => {
    assert.deepEqual(await probes.administrator.refused(attempts((action) => !/DELETE|PURGE|CREATE/.test(action))), []);
  });
}

const limitedRoles: readonly LimitedRole[] = ["node", "viewer", "controller", "billing", "web", "everest"];
