import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { run } from '../../../src/system/index.ts';

/**
 * QEMU's emulation of SVM (all versions up to 11.1 at least) aborts when a guest inside the emulated host writes CR8
 * while an interrupt waits for it, and UEFI firmware writes CR8 at every tick. KVM takes that write itself as long as
 * this function does not allow the guest to do it; so the emulated host gets a KVM in which it returns at once.
 */
const FUNCTION = 'svm_update_cr8_intercept';

/** The kernel wants these first: `endbr64` and the call for tracing. */
const PROLOGUE = { bytes: 9, start: Buffer.from('f30f1efae8', 'hex') };
const RET = 0xc3;

/** Behind it stands a signature that no longer fits; without the mark the kernel takes the module for an unsigned one. */
const SIGNATURE_MARK = '~Module signature appended~';

const SYMBOL_TABLE = 2;

/** Changes the KVM module in the root file system of an emulated host. */
export async function keepCr8FromGuests(root: string): Promise<void> {
  const modules = join(root, 'usr/lib/modules');
  const [release] = await readdir(modules);
  if (release === undefined) throw new Error(`No kernel in ${root}`);
  const folder = join(modules, release, 'kernel/arch/x86/kvm');
  const packed = join(folder, 'kvm-amd.ko.xz');
  await run(['xz', '--decompress', packed]);
  const path = join(folder, 'kvm-amd.ko');
  await writeFile(path, withoutEffect(await readFile(path), FUNCTION));
  await rm(packed, { force: true });
  await run(['chroot', root, 'depmod', release]);
}

/** The kernel module with a function that does nothing. Throws when it has no such function or begins otherwise. */
export function withoutEffect(module: Buffer, name: string): Buffer {
  const at = functionOffset(module, name);
  const start = module.subarray(at, at + PROLOGUE.start.length);
  if (!start.equals(PROLOGUE.start))
    throw new Error(`${name} begins with ${start.toString('hex')}`);
  const signature = module.lastIndexOf(SIGNATURE_MARK);
  const changed = Buffer.from(signature < 0 ? module : module.subarray(0, signature));
  changed[at + PROLOGUE.bytes] = RET;
  return changed;
}

interface Section {
  readonly type: number;
  readonly offset: number;
  readonly size: number;
  /** For a symbol table: the section with its names. */
  readonly link: number;
}

/** Where in a 64-bit ELF object the code of a function begins. */
function functionOffset(elf: Buffer, name: string): number {
  const sections = readSections(elf);
  for (const table of sections.filter(({ type }) => type === SYMBOL_TABLE)) {
    const names = sections[table.link]?.offset ?? 0;
    for (let at = table.offset; at < table.offset + table.size; at += 24) {
      const from = names + elf.readUInt32LE(at);
      const code = sections[elf.readUInt16LE(at + 6)];
      if (code && elf.toString('latin1', from, elf.indexOf(0, from)) === name)
        return code.offset + Number(elf.readBigUInt64LE(at + 8));
    }
  }
  throw new Error(`The module has no ${name}`);
}

function readSections(elf: Buffer): Section[] {
  const first = Number(elf.readBigUInt64LE(40));
  const size = elf.readUInt16LE(58);
  return Array.from({ length: elf.readUInt16LE(60) }, (_, index) => {
    const at = first + index * size;
    return {
      type: elf.readUInt32LE(at + 4),
      offset: Number(elf.readBigUInt64LE(at + 24)),
      size: Number(elf.readBigUInt64LE(at + 32)),
      link: elf.readUInt32LE(at + 40),
    };
  });
}
