/** This machine's architecture in the words of the daemon (and of the kernel). */
export function incusArchitecture(arch: string = process.arch): string {
  return INCUS_NAMES[arch] ?? arch;
}

/** This machine's architecture in the words of Debian's packages. */
export function debianArchitecture(arch: string = process.arch): string {
  return DEBIAN_NAMES[arch] ?? arch;
}

const INCUS_NAMES: Readonly<Record<string, string>> = {
  x64: 'x86_64',
  arm64: 'aarch64',
  arm: 'armv7l',
  ppc64: 'ppc64le',
  riscv64: 'riscv64',
  s390x: 's390x',
};

const DEBIAN_NAMES: Readonly<Record<string, string>> = {
  x64: 'amd64',
  arm64: 'arm64',
  arm: 'armhf',
  ppc64: 'ppc64el',
  riscv64: 'riscv64',
  s390x: 's390x',
};
