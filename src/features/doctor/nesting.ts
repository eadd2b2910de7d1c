import { readNesting } from '../../nesting/index.ts';
import type { Finding } from './finding.ts';

/** Where this host stands among hosts inside hosts, and whether a virtual machine lies around it. */
export async function nesting(): Promise<Finding[]> {
  const name = { en: 'Nesting level', fr: "Niveau d'imbrication" };
  const { context, why, problems } = await readNesting();
  const [problem] = problems;
  if (problem)
    return [
      {
        id: 'nesting',
        name,
        state: 'bad',
        found: problem.message,
        ...(problem.remedy && { remedy: problem.remedy }),
      },
    ];
  const { absoluteLevel = 0, vmNested, yolo } = context;
  const vm = vmNested
    ? { en: 'in a virtual machine', fr: 'dans une machine virtuelle' }
    : { en: 'not in a virtual machine', fr: 'pas dans une machine virtuelle' };
  return [
    {
      id: 'nesting',
      name,
      state: yolo ? 'warning' : 'good',
      found: {
        en: `${absoluteLevel}, ${vm.en} (${why.en})${yolo ? '; YOLO: privileged containers are only warned about' : ''}`,
        fr: `${absoluteLevel}, ${vm.fr} (${why.fr})${yolo ? " ; YOLO : les conteneurs privilégiés ne donnent qu'un avertissement" : ''}`,
      },
      ...(yolo && {
        remedy: {
          en: "To refuse privileged containers again, remove '/etc/anklume/yolo'.",
          fr: 'Pour refuser à nouveau les conteneurs privilégiés, supprimez « /etc/anklume/yolo ».',
        },
      }),
    },
  ];
}
