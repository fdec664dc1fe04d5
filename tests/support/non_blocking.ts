/**
 * A program for tests: makes its standard output and standard error non-blocking, and the pipes as small as possible.
 * Then it runs a command of the product on the same streams, and exits with its exit code.
 */
const { symbols } = Deno.dlopen("libc.so.6", {
  fcntl: { parameters: ["i32", "i32", "i32"], result: "i32" },
});

/** F_SETFL, with O_NONBLOCK and O_WRONLY. */
const setFlags = 4;
const nonBlocking = 0o4000 | 1;
/** F_SETPIPE_SZ; it fails harmlessly on a stream of another kind. */
const setPipeBytes = 1031;

for (const stream of [1, 2]) {
  symbols.fcntl(stream, setPipeBytes, 4096);
  if (symbols.fcntl(stream, setFlags, nonBlocking) < 0) throw new Error("Cannot make the stream non-blocking");
}
const main = new URL("../../src/cli/main.ts", import.meta.url).pathname;
const { code } = await new Deno.Command(Deno.execPath(), {
  args: ["run", "--allow-all", main, ...Deno.args],
  stdout: "inherit",
  stderr: "inherit",
}).spawn().status;
Deno.exit(code);
