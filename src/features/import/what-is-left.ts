import { ASIDE_PROJECT, MARK, type Observed } from '../../engine/index.ts';
import { handMade } from './declared.ts';
import { isNameable, isUnmarked } from './described.ts';
import type { OwnDomain } from './found.ts';
import { type Left, shown } from './left.ts';
import type { Scheme } from './scheme.ts';

/** What the daemon holds and the file does not say, and why. */
export function whatIsLeft(
  projectName: string,
  observed: Observed,
  domains: readonly OwnDomain[],
  scheme: Scheme,
): Left[] {
  return [
    ...domains.flatMap((domain) => ofDomain(domain, scheme)),
    ...ofMachines(domains),
    ...strays(projectName, observed, domains),
    ...unreadable(observed),
    ...beside(observed),
    ...(domains.length > 0 ? unknownToIncus(scheme) : []),
  ];
}

function ofDomain(domain: OwnDomain, scheme: Scheme): Left[] {
  const { name, network, project } = domain;
  const id = `network:${network?.name ?? name}`;
  const left: Left[] = [];
  if (!network)
    left.push({
      code: 'no-network',
      id,
      text: {
        en: `the domain '${shown(name)}' has no bridge; apply makes one`,
        fr: `le domaine « ${shown(name)} » n'a pas de pont ; apply en crée un`,
      },
    });
  else if (!scheme.placeOf(domain)) {
    const address = shown(network.config['ipv4.address'] ?? '');
    left.push({
      code: 'subnet-not-expressible',
      id,
      text: {
        en: `its address ${address} is not of the form <base_subnet>.<subnet_id>.254/24; apply gives it another`,
        fr: `son adresse ${address} n'a pas la forme <base_subnet>.<subnet_id>.254/24 ; apply lui en donne une autre`,
      },
    });
  }
  const prefix = project.name.endsWith(name) ? project.name.slice(0, -name.length) : undefined;
  if (prefix !== '' && !/^\d{3}-$/.test(prefix ?? ''))
    left.push({
      code: 'project-name-differs',
      id: `project:${project.name}`,
      text: {
        en: `it belongs to the domain '${shown(name)}' and is not called so; apply makes another`,
        fr: `il appartient au domaine « ${shown(name)} » sans en porter le nom ; apply en crée un autre`,
      },
    });
  return left;
}

function ofMachines(domains: readonly OwnDomain[]): Left[] {
  return domains.flatMap(({ machines }) =>
    machines.flatMap(({ live, plain }): Left[] => {
      const id = `instance:${live.project}/${live.name}`;
      const keys = handMade(live).map(shown).slice(0, 20).join(', ');
      const left: Left[] = [];
      if (keys !== '')
        left.push({
          code: 'set-by-hand',
          id,
          text: {
            en: `set by hand in Incus, never declared; it stays there: ${keys}`,
            fr: `réglé à la main dans Incus, jamais déclaré ; cela y reste : ${keys}`,
          },
        });
      if (plain.image === '')
        left.push({
          code: 'image-unknown',
          id,
          text: {
            en: 'nobody knows which image it was made from; the default image is declared',
            fr: "personne ne sait de quelle image elle vient ; l'image par défaut est déclarée",
          },
        });
      return left;
    }),
  );
}

/** Machines with a mark that the file has no place for. */
function strays(projectName: string, observed: Observed, domains: readonly OwnDomain[]): Left[] {
  const written = new Set(
    domains.flatMap(({ machines }) => machines.map(({ live }) => `${live.project}/${live.name}`)),
  );
  return observed.instances
    .filter((live) => live.project !== ASIDE_PROJECT)
    .flatMap((live): Left[] => {
      const id = `instance:${live.project}/${live.name}`;
      const owner = live.config[MARK.project];
      if (isUnmarked(live.config))
        return isNameable(live) ? [] : [{ code: 'name-not-writable', id, text: notWritable }];
      if (owner === projectName)
        return written.has(`${live.project}/${live.name}`)
          ? []
          : [{ code: 'outside-its-domain', id, text: outside }];
      const name = shown(owner ?? live.config[MARK.asideOf] ?? '');
      return [
        {
          code: 'of-another',
          id,
          text: {
            en: `belongs to the infrastructure '${name}' (anklume import --project-name ${name})`,
            fr: `appartient à l'infrastructure « ${name} » (anklume import --project-name ${name})`,
          },
        },
      ];
    });
}

function unreadable({ unreadable: all }: Observed): Left[] {
  return all.map(({ project, name }) => ({
    code: 'unreadable',
    id: `instance:${project}/${name}`,
    text: {
      en: 'the daemon cannot read it now; it is not in the file',
      fr: "le démon ne peut pas la lire pour l'instant ; elle n'est pas dans le fichier",
    },
  }));
}

/** Objects that domains with `managed: false` have no words for. */
function beside({ networks, volumes }: Observed): Left[] {
  const bridges = networks.filter(({ managed, config }) => managed && isUnmarked(config));
  const data = volumes.filter(
    ({ type, project, config }) =>
      type === 'custom' && project !== ASIDE_PROJECT && isUnmarked(config),
  );
  return [
    ...bridges.map(({ name }) => ({
      code: 'network-left-alone',
      id: `network:${name}`,
      text: staysAsItIs,
    })),
    ...data.map(({ pool, project, name }) => ({
      code: 'volume-left-alone',
      id: `volume:${project}/${pool}/${name}`,
      text: staysAsItIs,
    })),
  ];
}

const staysAsItIs = {
  en: 'was not made by anklume; infra.yml has no words for it, and it stays as it is',
  fr: "n'a pas été créé par anklume ; infra.yml n'a pas de mots pour lui, et il reste tel quel",
};

const notWritable = {
  en: 'its name cannot stand in infra.yml',
  fr: 'son nom ne peut pas figurer dans infra.yml',
};

const outside = {
  en: 'carries the mark of this infrastructure and is in no project of it',
  fr: "porte la marque de cette infrastructure et n'est dans aucun de ses projets",
};

const unknownToIncus = ({ zones }: Scheme): Left[] => {
  const levels = { en: 'trust levels, ', fr: 'niveaux de confiance, ni ' };
  const also = zones ? { en: '', fr: '' } : levels;
  return [
    ...(zones
      ? [
          {
            code: 'trust-by-address',
            id: 'infra.yml',
            text: {
              en: `the trust levels follow from the addresses, counted from zone_base ${zones.zoneBase}: look whether they are what you mean`,
              fr: `les niveaux de confiance se déduisent des adresses, comptées à partir de zone_base ${zones.zoneBase} : vérifiez qu'ils sont ceux que vous voulez`,
            },
          },
        ]
      : []),
    {
      code: 'unknown-to-incus',
      id: 'infra.yml',
      text: {
        en: `Incus does not know of ${also.en}network policies, roles and their variables, weights and services: write them again, or keep those of your old infra.yml`,
        fr: `Incus ne connaît ni ${also.fr}politiques réseau, ni rôles et leurs variables, ni poids, ni services : réécrivez-les, ou reprenez ceux de votre ancien infra.yml`,
      },
    },
  ];
};
