/**
 * A program for tests: its standard output becomes a connection to the Unix socket of its first argument, with the
 * smallest buffer and in non-blocking mode. Then it runs a command of the product on it, and exits with its exit code.
 */
const { symbols } = Deno.dlopen("libc.so.6", {
  socket: { parameters: ["i32", "i32", "i32"], result: "i32" },
  connect: { parameters: ["i32", "buffer", "u32"], result: "i32" },
  setsockopt: { parameters: ["i32", "i32", "i32", "buffer", "u32"], result: "i32" },
});

const [path = "", ...args] = Deno.args;
/** AF_UNIX, SOCK_STREAM with SOCK_NONBLOCK. */
const socket = symbols.socket(1, 1 | 0o4000, 0);
/** SOL_SOCKET and SO_SNDBUF; the kernel raises the size to its minimum. */
symbols.setsockopt(socket, 1, 7, new Int32Array([1]), 4);
/** `struct sockaddr_un`: the family, and the path with a zero byte. */
const address = new Uint8Array([1, 0, ...new TextEncoder().encode(path), 0]);
if (symbols.connect(socket, address, address.length) < 0) throw new Error(`Cannot connect to ${path}`);

const main = new URL("../../src/cli/main.ts", import.meta.url).pathname;
const { code } = await new Deno.Command("bash", {
  args: ["-c", 'exec "${@:2}" >&"$1"', "bash", `${socket}`, Deno.execPath(), "run", "--allow-all", main, ...args],
}).spawn().status;
Deno.exit(code);
