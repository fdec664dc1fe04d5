import { join } from "node:path";

/** Valid for a hundred years, created with openssl only for these tests; it signs `serverPem`. */
const caPem = `-----BEGIN CERTIFICATE-----
MIIBjTCCATOgAwIBAgIUJF6ifxTaTiAUVj/kEx22q033j7kwCgYIKoZIzj0EAwIw
GzEZMBcGA1UEAwwQd2F0dHNlYWwgdGVzdCBDQTAgFw0yNjExMjMxMTQyNTBaGA8y
MTI2MTAzMDExNDI1MFowGzEZMBcGA1UEAwwQd2F0dHNlYWwgdGVzdCBDQTBZMBMG
ByqGSM49AgEGCCqGSM49AwEHA0IABL6Y7GKab/Zgea8kcD5j13yHIDPPmbMWE+rT
y5y2tZB0bm4RjI0xofaUcyuKR1C2IoQqtx/0D5VgcT0CDL+1NQKjUzBRMB0GA1Ud
DgQWBBRK/ykmeXHbiqor889nSWxOWUwS+DAfBgNVHSMEGDAWgBRK/ykmeXHbiqor
889nSWxOWUwS+DAPBgNVHRMBAf8EBTADAQH/MAoGCCqGSM49BAMCA0gAMEUCIQCR
ZOGIdbo9bXDY7UESXqqQVeposjsTXbl8qV8jhCF7ZAIgYI2QaDI3Geh/wHF0Q7jz
cQMFoVMyLu9zYyO97BmHCC0=
-----END CERTIFICATE-----
`;

/** For 127.0.0.1, as a server and as a client. */
const serverPem = `-----BEGIN CERTIFICATE-----
MIIBsTCCAVagAwIBAgIUUKo0BAhw/3n7QECSHcR+B5uJByEwCgYIKoZIzj0EAwIw
GzEZMBcGA1UEAwwQd2F0dHNlYWwgdGVzdCBDQTAgFw0yNjExMjMxMTQyNTBaGA8y
MTI2MTAzMDExNDI1MFowFDESMBAGA1UEAwwJMTI3LjAuMC4xMFkwEwYHKoZIzj0C
AQYIKoZIzj0DAQcDQgAE5tbxrkUoRBGtH49AoD3tVb/+uZqKU+9WEK+PCdHVAQeK
fynkbwR2ZKukRxcX/A0omB3vTgfmMMXQfc97MheuRqN9MHswGgYDVR0RBBMwEYcE
fwAAAYIJbG9jYWxob3N0MB0GA1UdJQQWMBQGCCsGAQUFBwMBBggrBgEFBQcDAjAd
BgNVHQ4EFgQUzWWITo18C5pXazaaRyYMP9ZUdOkwHwYDVR0jBBgwFoAUSv8pJnlx
24qqK/PPZ0lsTllMEvgwCgYIKoZIzj0EAwIDSQAwRgIhAMXaoBOadjiUSFBHUELk
urcNLhh+XSV5Jo3wlmPEDDl+AiEAvvxc9PmJgJ2mI6h5Jo6tV8i7P9Po0S1n0HHD
B+fVYC4=
-----END CERTIFICATE-----
`;

const serverKey = `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgKQTEEzuORjEQZo4d
ECqOWhdaWq1wTP9UCpGha6YwMT6hRANCAATm1vGuRShEEa0fj0CgPe1Vv/65mopT
71YQr48J0dUBB4p/KeRvBHZkq6RHFxf8DSiYHe9OB+YwxdB9z3syF65G
-----END PRIVATE KEY-----
`;

/** Paths of the files that TLS needs. */
export interface TlsFiles {
  readonly caFile: string;
  readonly certFile: string;
  readonly keyFile: string;
}

/** Writes an authority, a certificate for 127.0.0.1 and its key into `folder`. */
export async function writeTlsFiles(folder: string): Promise<TlsFiles> {
  const files = {
    caFile: join(folder, "ca.pem"),
    certFile: join(folder, "cert.pem"),
    keyFile: join(folder, "key.pem"),
  };
  await Deno.writeTextFile(files.caFile, caPem);
  await Deno.writeTextFile(files.certFile, serverPem);
  await Deno.writeTextFile(files.keyFile, serverKey);
  return files;
}
