import assert from "node:assert/strict";
import { Access } from "../../src/nats/access.ts";
import { FakeTime } from "../support/fake_time.ts";
import { Logged } from "./logged.ts";
import { FakeHealth } from "./setup.ts";

const scope = { prefix: "wattseal", site: "berlin-01", inboxPrefix: "_INBOX_berlin-01" };
const hourMs = 3_600_000;

function newAccess() {
  const [log, time, health] = [new Logged(), new FakeTime(), new FakeHealth()];
  return { access: new Access({ scope, health }, { log, time }), log, time, health };
}

Deno.test("Access logs refusals once, and again after an hour with their number", async () => {
  const { access, log, time } = newAccess();
  const deny = (meter: number) =>
    access.denied({ operation: "publish", subject: `wattseal.berlin-01.evse-${meter}.reading` });
  for (let n = 0; n < 1000; n++) deny(n % 13);
  await time.advance(hourMs);
  deny(1);
  assert.deepEqual(log.lines.filter(({ level }) => level !== "debug").map(({ text }) => text), [
    "warn NATS refuses a subject; a permission is missing " +
    '{"add":"publish: { allow: [\\"wattseal.berlin-01.>\\"] }"}',
    "warn NATS refuses a subject; a permission is missing " +
    '{"add":"publish: { allow: [\\"wattseal.berlin-01.>\\"] }","times":1000}',
  ]);
});

Deno.test("Access names the first refused subjects of each permission, and all permissions in one fault", async () => {
  const { access, time, health } = newAccess();
  for (let n = 1; n <= 7; n++) access.denied({ operation: "publish", subject: `wattseal.berlin-01.evse-${n}.reading` });
  access.denied({ operation: "publish", subject: "_INBOX.somebody.1" });
  access.denied({ operation: "publish", subject: "_INBOX.somebody.2" });
  access.denied({ operation: "subscribe", subject: "elsewhere" });
  await time.advance(1000);
  assert.equal(
    health.message("AccessDenied"),
    "NATS refuses to publish to wattseal.berlin-01.evse-1.reading, wattseal.berlin-01.evse-2.reading, " +
      "wattseal.berlin-01.evse-3.reading, wattseal.berlin-01.evse-4.reading, wattseal.berlin-01.evse-5.reading and " +
      '2 more; add publish: { allow: ["wattseal.berlin-01.>"] } to the permissions of this user. ' +
      "NATS refuses to publish answers to requests; requests are carried out, but the clients get no answer; add " +
      'allow_responses: { max: 1, expires: "11m" } to the permissions of this user. ' +
      'NATS refuses to subscribe to elsewhere; add subscribe: { allow: ["elsewhere"] } to the permissions of this user',
  );
});

Deno.test("Access raises no fault for optional subjects, and removes refusals that did not come again", async () => {
  const { access, time, health } = newAccess();
  for (const request of ["INFO", "STREAM.MSG.GET.ANY", "DIRECT.GET.ANY.wattseal.berlin-01.evse-1.ocmf"]) {
    access.denied({ operation: "publish", subject: `$JS.API.${request}` });
  }
  await time.advance(1000);
  assert.equal(health.message("AccessDenied"), undefined);
  const [gone, stays] = ["wattseal.berlin-01._node.status", "wattseal.berlin-01.evse-1.status"];
  access.denied({ operation: "publish", subject: gone });
  access.denied({ operation: "publish", subject: stays });
  await time.advance(1000);
  const sinceMs = time.mono();
  access.denied({ operation: "publish", subject: stays });
  access.forget(sinceMs);
  await time.advance(1000);
  assert.doesNotMatch(health.message("AccessDenied") ?? gone, new RegExp(gone));
  access.allowed([{ operation: "publish", subject: stays }]);
  await time.advance(1000);
  assert.equal(health.message("AccessDenied"), undefined);
});
