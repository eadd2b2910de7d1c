import { HELD } from './held-at-boot.ts';
import type { PlanEntry, PlanNote } from './plan.ts';

/** Why machines do not start with their host, where a plan sees to that. */
export function unguardedNotes(entries: ReadonlyMap<string, PlanEntry>): PlanNote[] {
  const held = [...entries.values()].some(
    (entry) =>
      entry.kind === 'instance' &&
      'body' in entry &&
      entry.body.config['boot.autostart'] === HELD['boot.autostart'],
  );
  return held ? [unguarded] : [];
}

const unguarded: PlanNote = {
  id: 'host',
  code: 'boot-unguarded',
  text: {
    en: "After a reboot of the host its machines stay stopped until 'anklume up': nothing loads the isolation rules before Incus starts.",
    fr: "Après un redémarrage de l'hôte, ses machines restent arrêtées jusqu'à « anklume up » : rien ne charge les règles d'isolation avant le démarrage d'Incus.",
  },
  remedy: {
    en: "Run 'anklume network boot on', then apply again: they start with the host.",
    fr: "Lancez « anklume network boot on », puis relancez apply : elles démarrent avec l'hôte.",
  },
};
