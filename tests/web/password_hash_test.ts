import assert from "node:assert/strict";
import { join } from "node:path";
import { parsePasswordHash } from "../../src/config/mod.ts";
import { isPassword } from "../../src/web/password_hash.ts";
import { addUser, Users, UsersError } from "../../src/web/mod.ts";
import { comparedHash } from "../../src/web/users.ts";
import { userLine } from "./users_file.ts";

Deno.test("hashes of other programs are accepted", async () => {
  // The example of passlib, and a test of the reference implementation of Argon2
  const scrypt = parsePasswordHash(
    "$scrypt$ln=16,r=8,p=1$aM15713r3Xsvxbi31lqr1Q$nFNh2CVHVjNldFVKDHDlm4CbdRSCdEBsjjJxD+iCs5E",
  );
  const argon2id = parsePasswordHash(
    "$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4",
  );
  for (const hash of [scrypt, argon2id]) {
    assert.equal(await isPassword("password", hash), true);
    assert.equal(await isPassword("Password", hash), false);
  }
});

Deno.test("a hash with an unknown form or an excessive cost is refused", () => {
  const text = "$scrypt$ln=15,r=8,p=3$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4";
  assert.equal(parsePasswordHash(text).cost.kind, "scrypt");
  for (
    const wrong of ["password", "$2y$10$abc", text.replace("ln=15", "ln=40"), text.replace("p=3", "p=0"), `${text}$x`]
  ) {
    assert.throws(() => parsePasswordHash(wrong), SyntaxError, wrong);
  }
});

Deno.test("a hash that is cut, or has too little salt, is refused", () => {
  for (const kind of ["$scrypt$ln=15,r=8,p=3", "$argon2id$v=19$m=256,t=2,p=1"]) {
    for (const hash of ["A", "AA", "nf65EOgLrQMR/uIPnA4r"]) {
      assert.throws(() => parsePasswordHash(`${kind}$c29tZXNhbHQ$${hash}`), /its hash has \d+ bytes, at least 16/);
    }
    assert.throws(() => parsePasswordHash(`${kind}$c2FsdA$nf65EOgLrQMR/uIPnA4rEg`), /its salt has 4 bytes, at least 8/);
  }
});

Deno.test("a hash that would need too much memory, or too little for its lanes, is refused", () => {
  const rest = "c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEg";
  assert.throws(() => parsePasswordHash(`$argon2id$v=19$m=31,t=2,p=4$${rest}`), /m is 31, at least 32 for 4 lanes/);
  assert.throws(() => parsePasswordHash(`$argon2id$v=19$m=262145,t=2,p=4$${rest}`), /memoryKib is 262145/);
  assert.throws(() => parsePasswordHash(`$scrypt$ln=18,r=9,p=1$${rest}`), /needs 288 MB of memory, at most 256/);
  assert.equal(parsePasswordHash(`$argon2id$v=19$m=262144,t=2,p=4$${rest}`).cost.kind, "argon2id");
  assert.equal(parsePasswordHash(`$scrypt$ln=18,r=8,p=1$${rest}`).cost.kind, "scrypt");
});

Deno.test("an added user can log in, also with composed letters, and only the owner reads the file", async () => {
  const folder = await Deno.makeTempDir({ prefix: "wattseal-users-" });
  const path = join(folder, "users");
  await Deno.writeTextFile(
    path,
    `# people\n${userLine("anna", "old password")}${userLine("anna-2", "stays as it is")}`,
  );
  await addUser(path, "anna", "Stra\u00dfe f\u00fcr alle");
  const users = new Users(path);
  assert.equal(await users.check("anna", "Stra\u00dfe fu\u0308r alle", { isKnown: false }), true);
  assert.equal(await users.check("anna", "old password", { isKnown: false }), false);
  assert.equal(await users.check("anna-2", "stays as it is", { isKnown: false }), true);
  assert.equal(await users.check("nobody", "stays as it is", { isKnown: false }), false);
  assert.match(await Deno.readTextFile(path), /^# people\nanna-2:.*\nanna:\$scrypt\$ln=15,r=8,p=3\$.*\n$/);
  assert.equal(((await Deno.stat(path)).mode ?? 0) & 0o777, 0o600);
  await Deno.remove(folder, { recursive: true });
});

Deno.test({
  name: "a user that root adds leaves the file readable for the user of the service",
  ignore: Deno.uid() !== 0,
  fn: async () => {
    const folder = await Deno.makeTempDir({ prefix: "wattseal-users-" });
    const [old, created] = [join(folder, "old"), join(folder, "new")];
    await Deno.writeTextFile(old, userLine("anna", "old password"));
    await Deno.chmod(old, 0o640);
    await Deno.chown(old, 0, 12_345);
    await Deno.chown(folder, 23_456, 23_457);
    for (const path of [old, created]) await addUser(path, "berta", "another password");
    const shown = async (path: string) => {
      const { uid, gid, mode } = await Deno.stat(path);
      return [uid, gid, (mode ?? 0) & 0o777];
    };
    assert.deepEqual(await shown(old), [0, 12_345, 0o640]);
    assert.deepEqual(await shown(created), [23_456, 23_457, 0o600]);
    await Deno.remove(folder, { recursive: true });
  },
});

Deno.test("an unknown name is checked with the cost of one of the users, always the same one", () => {
  const rest = "c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4";
  const users = new Map([
    ["anna", parsePasswordHash(`$scrypt$ln=1,r=1,p=1$${rest}`)],
    ["berta", parsePasswordHash(`$argon2id$v=19$m=256,t=2,p=1$${rest}`)],
  ]);
  const secret = new Uint8Array(32);
  assert.equal(comparedHash(users, "berta", secret), users.get("berta"));
  const names = Array.from({ length: 40 }, (_, index) => `nobody-${index}`);
  const hashes = names.map((name) => comparedHash(users, name, secret));
  assert.deepEqual(new Set(hashes), new Set(users.values()));
  assert.deepEqual(names.map((name) => comparedHash(users, name, secret)), hashes);
});

Deno.test("a file of users that cannot be used is named with its line", async () => {
  const path = await Deno.makeTempFile();
  const problemOf = (text: string) => {
    Deno.writeTextFileSync(path, text);
    try {
      new Users(path);
    } catch (error) {
      assert.ok(error instanceof UsersError);
      return error.message;
    }
    return undefined;
  };
  assert.match(problemOf("") ?? "", /has no user; add one with --add-user/);
  assert.match(problemOf(`${userLine("anna", "x")}berta:secret\n`) ?? "", /line 2 of .*neither an scrypt hash nor/);
  assert.match(problemOf("a b:$scrypt$\n") ?? "", /line 1 of .*NAME:HASH/);
  assert.equal(problemOf(userLine("anna", "x")), undefined);
  await Deno.remove(path);
  assert.throws(() => new Users(path), /Cannot read .*there is no such file/);
});
