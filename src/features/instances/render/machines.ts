import { type Text, verbatim } from '../../../base/messages/index.ts';
import { printable } from '../../../base/system/index.ts';
import type { MachineStatus } from '../../../engine/index.ts';
import { alignedLines } from '../../../kit/render/aligned.ts';
import { counted } from '../../../kit/render/words.ts';
import { wrapWords } from '../../../kit/render/wrap.ts';
import type { Session } from '../../../kit/session.ts';
import type { NestingContext } from '../../../world/infra/index.ts';

type Look = Pick<Session, 't' | 'paint' | 'width'>;

/** The machines by domain: a line for the domain in the colour of its trust level, one below it for each machine. */
export function renderMachines(machines: readonly MachineStatus[], look: Look): string {
  const { width } = look;
  const domains = new Map<string, MachineStatus[]>();
  for (const machine of machines)
    domains.set(machine.domain, [...(domains.get(machine.domain) ?? []), machine]);
  const rows = machines.map((machine) => [
    `  ${look.paint.trust(machine.trust, printable(machine.machine))}`,
    address(machine, look),
    state(machine, look),
    notes(machine, look),
  ]);
  const lines = alignedLines(rows, width);
  return [...domains]
    .flatMap(([name, inside]) => [
      ...wrapWords(domainLine(name, inside, look), width),
      ...lines.splice(0, inside.length).flat(),
    ])
    .join('\n');
}

/** `pro  trusted  2 of 3 running` */
function domainLine(name: string, machines: readonly MachineStatus[], { t, paint }: Look): string {
  const trust = machines[0]?.trust;
  const running = machines.filter((machine) => machine.state === 'Running').length;
  const count = `${running}/${machines.length} ${t({ en: 'running', fr: 'en marche' })}`;
  const words = [...(trust === undefined ? [] : [trust]), count].join(', ');
  return `${paint.trust(trust, paint.strong(printable(name)))}  ${paint.dim(words)}`;
}

/** The table and a line that counts what runs and what has drifted. */
export function renderStatus(
  machines: readonly MachineStatus[],
  look: Look,
  nesting?: NestingContext,
): string {
  const { t, paint } = look;
  const running = machines.filter((machine) => machine.state === 'Running').length;
  const drifted = machines.filter((machine) => machine.drift.length > 0).length;
  const parts = [
    t({
      en: `${running} of ${machines.length} running`,
      fr: `${running} sur ${machines.length} en marche`,
    }),
  ];
  if (drifted > 0)
    parts.push(
      paint.warn(
        t(
          counted(
            drifted,
            { en: 'has drifted', fr: 'a dérivé' },
            { en: 'have drifted', fr: 'ont dérivé' },
          ),
        ),
      ),
    );
  if (nesting) parts.push(paint.dim(t(levelWords(nesting))));
  return `${renderMachines(machines, look)}\n${parts.join(', ')}`;
}

/** Where the host of these machines stands: level 0 is the outermost. */
function levelWords({ absoluteLevel = 0, vmNested, yolo }: NestingContext): Text {
  const vm = vmNested ? { en: ' in a virtual machine', fr: ' dans une machine virtuelle' } : none;
  const warning = yolo ? verbatim(', YOLO') : none;
  return {
    en: `host of nesting level ${absoluteLevel}${vm.en}${warning.en}`,
    fr: `hôte de niveau d'imbrication ${absoluteLevel}${vm.fr}${warning.fr}`,
  };
}

const none = verbatim('');

/** The declared address; the real ones beside it when they differ. */
export function address(
  { declaredIp, addresses, state, managed }: MachineStatus,
  { paint }: Look,
): string {
  if (managed === false) return paint.dim(addresses.map(printable).join(', ') || declaredIp);
  if (addresses.includes(declaredIp)) return declaredIp;
  if (state !== 'Running' || addresses.length === 0) return paint.dim(declaredIp);
  return paint.warn(`${declaredIp} ≠ ${addresses.map(printable).join(', ')}`);
}

export function state({ state: word, template }: MachineStatus, look: Look): string {
  if (template && word === 'Stopped') return look.t({ en: 'template', fr: 'modèle' });
  return stateWord(word, look);
}

/** Incus's word for the state of a machine, in the reader's language. */
export function stateWord(word: string, { t, paint }: Pick<Look, 't' | 'paint'>): string {
  switch (word) {
    case 'Running':
      return paint.good(t({ en: 'running', fr: 'en marche' }));
    case 'Stopped':
      return paint.warn(t({ en: 'stopped', fr: 'arrêtée' }));
    case 'Absent':
      return paint.dim(t({ en: 'absent', fr: 'absente' }));
    case 'Unknown':
      return paint.warn(t({ en: 'unknown', fr: 'inconnu' }));
    default:
      return paint.warn(printable(word).toLowerCase());
  }
}

export function notes(
  { drift, owner, protected: isProtected, managed }: MachineStatus,
  { t, paint }: Look,
): string {
  const words: string[] = [];
  if (managed === false)
    words.push(paint.dim(t({ en: 'described, left alone', fr: 'décrite, laissée telle quelle' })));
  if (owner === 'unmarked')
    words.push(paint.bad(t({ en: 'not made by anklume', fr: 'pas créée par anklume' })));
  if (owner === 'another')
    words.push(paint.bad(t({ en: 'of another project', fr: "d'un autre projet" })));
  if (drift.length > 0)
    words.push(
      paint.warn(
        `${t({ en: 'drift:', fr: 'dérive :' })} ${drift.map(({ key }) => printable(key)).join(', ')}`,
      ),
    );
  if (isProtected) words.push(paint.dim(t({ en: 'protected', fr: 'protégée' })));
  return words.join(', ');
}
