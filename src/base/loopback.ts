const loopback = /^((::ffff:)?127(\.\d{1,3}){3}|::1|localhost)$/i;

/** Whether only processes of this machine reach an address. @param host name or address, without brackets */
export function isLoopback(host: string): boolean {
  return loopback.test(host);
}
