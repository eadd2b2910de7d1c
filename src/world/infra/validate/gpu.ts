import type { Text } from '../../../base/messages/index.ts';
import { error, type Finding, type Path, warning } from '../finding.ts';
import type { RawInfra } from '../schema.ts';
import { declaredProfiles, enabledMachines, type MachineEntry } from '../walk.ts';

/** Why a machine counts as a GPU machine, and where that is written. */
interface GpuUse {
  readonly entry: MachineEntry;
  readonly path: Path;
  readonly how: Text;
}

/** One GPU cannot serve two machines unless the file says so. Whether a VM can have it (IOMMU) is not looked at. */
export function gpu(raw: RawInfra): Finding[] {
  const users = enabledMachines(raw).flatMap((entry) => gpuUse(entry) ?? []);
  const [first, second] = users;
  if (!first || !second) return [];
  const list = (language: keyof Text) =>
    users.map(({ entry, how }) => `'${entry.name}' (${how[language]})`).join(', ');
  if (raw.global?.gpu_policy === 'shared')
    return [
      warning(
        'gpu-shared',
        second.path,
        {
          en: `Several machines share the GPU and its memory: ${list('en')}.`,
          fr: `Plusieurs machines se partagent le GPU et sa mémoire : ${list('fr')}.`,
        },
        {
          relatedPath: first.path,
          remedy: {
            en: 'Together their models must fit into the memory of the GPU.',
            fr: 'Ensemble, leurs modèles doivent tenir dans la mémoire du GPU.',
          },
        },
      ),
    ];
  return [
    error(
      'gpu-conflict',
      second.path,
      {
        en: `Only one machine may use the GPU, but these do: ${list('en')}.`,
        fr: `Une seule machine peut utiliser le GPU, mais celles-ci l'utilisent : ${list('fr')}.`,
      },
      {
        relatedPath: first.path,
        remedy: {
          en: "Leave the GPU to one of them, or write 'gpu_policy: shared' under 'global'.",
          fr: "Laissez le GPU à l'une d'elles, ou écrivez « gpu_policy: shared » sous « global ».",
        },
      },
    ),
  ];
}

function gpuUse(entry: MachineEntry): GpuUse | undefined {
  if (entry.body.gpu === true)
    return {
      entry,
      path: [...entry.path, 'gpu'],
      how: { en: 'gpu: true', fr: 'gpu: true' },
    };
  for (const [device, { type }] of Object.entries(entry.body.devices ?? {}))
    if (type === 'gpu')
      return {
        entry,
        path: [...entry.path, 'devices', device],
        how: { en: `device '${device}'`, fr: `périphérique « ${device} »` },
      };
  const profile = declaredProfiles(entry).find((name) =>
    Object.values(entry.parent.profiles?.[name]?.devices ?? {}).some(({ type }) => type === 'gpu'),
  );
  return profile === undefined
    ? undefined
    : {
        entry,
        path: entry.body.profiles ? [...entry.path, 'profiles'] : entry.path,
        how: { en: `profile '${profile}'`, fr: `profil « ${profile} »` },
      };
}
