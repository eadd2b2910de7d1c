import { AnklumeError, type Emit, ExitCode, silent, step } from '../../base/messages/index.ts';
import { acquireLock } from '../../base/system/index.ts';
import type { BackupStream, Exportable, Incus } from '../../incus/index.ts';
import { startMachine } from '../../repair/index.ts';
import type { Desired } from '../../world/tree/index.ts';
import { chooseItems, type Item } from './choose.ts';
import { planRestore, type RestoreChoice } from './choose-restore.ts';
import { type ExportOptions, withExport } from './export.ts';
import { poolOf, sameForm } from './form.ts';
import { look } from './look.ts';
import { type Archive, manifestOf } from './manifest.ts';
import { placeInstance, placeVolume } from './place.ts';
import { backupLock, recoverRestores } from './recover.ts';

export interface CopyOptions extends Omit<RestoreChoice, 'only' | 'replace' | 'force'> {
  readonly desired: Desired;
  readonly machine: string;
  readonly start: boolean;
  readonly emit?: Emit;
  readonly signal?: AbortSignal;
}

/** A machine as it is on the other daemon now. */
export interface CopiedMachine {
  readonly name: string;
  readonly project: string;
  readonly volumes: readonly string[];
}

/**
 * Copies a machine with its snapshots and volumes to another daemon. The bytes go through this process and never lie
 * on a disk of this machine; the two daemons need not reach each other. The original stays as it is.
 */
export async function copyMachine(
  from: Incus,
  to: Incus,
  options: CopyOptions,
): Promise<CopiedMachine> {
  const { emit = silent, signal, machine, desired } = options;
  if (from.where === to.where) throw sameDaemon();
  const waiting = { command: 'copy', wait: true, emit, ...(signal && { signal }) };
  // In one order, so that two copies in opposite directions do not wait for each other.
  const [first = '', second = ''] = [backupLock(from), backupLock(to)].sort();
  await using _first = await acquireLock(first, waiting);
  await using _second = await acquireLock(second, waiting);
  await recoverRestores(to, emit);
  const [here, there] = await Promise.all([look(from), look(to)]);
  const { items } = chooseItems(desired, machine, here);
  const manifest = manifestOf(items.map(unwritten));
  const plan = planRestore(manifest, { ...options, replace: false, force: false }, there);
  const [instance, ...others] = plan.instances;
  if (!instance || others.length > 0) throw oneMachine(machine);
  const bounded = signal ? { signal } : {};
  const relay = (source: Exportable, pool: string, place: (bytes: Bytes) => Promise<void>) => {
    const optimized = sameForm(here.drivers.get(poolOf(source, here)), there.drivers.get(pool));
    return relayed(from, source, { ...bounded, optimized }, place);
  };
  for (const volume of plan.volumes) {
    const label = { en: `Copy the volume ${volume.name}`, fr: `Copier le volume ${volume.name}` };
    await step(emit, { id: `volume:${volume.project}/${volume.name}`, label }, () =>
      relay(volume.archive, volume.pool, (bytes) => placeVolume(to, bytes, volume, bounded)),
    );
  }
  const { name, project, archive } = instance;
  const label = {
    en: `Copy ${archive.name} to ${to.where}`,
    fr: `Copier ${archive.name} vers ${to.where}`,
  };
  const pool = options.pool === undefined ? {} : { pool: options.pool };
  await step(emit, { id: `instance:${project}/${name}`, label }, () =>
    relay(archive, options.pool ?? poolOf(archive, here), (bytes) =>
      placeInstance(to, bytes, { ...instance, ...pool }, bounded),
    ),
  );
  if (options.start) await startMachine(to, { name, project }, { emit });
  return { name, project, volumes: plan.volumes.map((one) => `${one.pool}/${one.name}`) };
}

type Bytes = () => AsyncIterable<Buffer>;

function relayed(
  from: Incus,
  source: Exportable,
  options: ExportOptions,
  place: (bytes: Bytes) => Promise<void>,
): Promise<void> {
  // Compressing costs more than it saves on the way between two daemons of one network.
  return withExport(from, source, { ...options, compression: 'none' }, (stream: BackupStream) =>
    place(() => stream.bytes),
  );
}

/** An archive that is never written has nothing to be compared with. */
function unwritten(item: Item): Archive {
  const nothing = { file: '', bytes: 0, sha256: '', domain: item.domain };
  if (!('running' in item)) return { ...item.source, ...nothing };
  return { ...item.source, ...nothing, running: item.running, volumes: [...item.volumes] };
}

function sameDaemon(): AnklumeError {
  return new AnklumeError({
    code: 'same-daemon',
    exit: ExitCode.usage,
    message: {
      en: 'Both ends are the same daemon.',
      fr: 'Les deux extrémités sont le même démon.',
    },
    remedy: {
      en: "For a second machine beside the first: 'anklume backup create', then 'anklume backup restore ARCHIVE NAME'.",
      fr: 'Pour une deuxième machine à côté de la première : « anklume backup create », puis « anklume backup restore ARCHIVE NOM ».',
    },
  });
}

function oneMachine(name: string): AnklumeError {
  return new AnklumeError({
    code: 'one-machine',
    exit: ExitCode.usage,
    message: {
      en: `'${name}' is a domain: machines are copied one by one.`,
      fr: `« ${name} » est un domaine : les machines se copient une par une.`,
    },
  });
}
