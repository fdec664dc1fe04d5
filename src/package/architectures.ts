/** What differs between the packages for two kinds of processors. */
export interface Architecture {
  /** Debian's name. */
  readonly name: "amd64" | "arm64";
  /** The npm package that contains Deno's binary. */
  readonly denoPackage: string;
  /** File names of native addons for this processor with glibc. */
  readonly addon: RegExp;
}

/** The processors that packages are built for. */
export const architectures: Readonly<Record<string, Architecture>> = {
  amd64: { name: "amd64", denoPackage: "@deno/linux-x64-glibc", addon: /\/prebuilds\/linux-x64\/[^/]+\.glibc\.node$/ },
  arm64: {
    name: "arm64",
    denoPackage: "@deno/linux-arm64-glibc",
    addon: /\/prebuilds\/linux-arm64\/[^/]+\.armv8\.glibc\.node$/,
  },
};

/** Debian's name of the processor of this machine. */
export const ownArchitecture: string = Deno.build.arch === "aarch64" ? "arm64" : "amd64";
