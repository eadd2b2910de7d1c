import type { Project } from '../../incus/index.ts';
import { isOwnProject } from '../../world/infra/index.ts';
import type { DesiredDomain } from '../../world/tree/index.ts';
import { decide, type Rules, refuse } from '../decide.ts';
import { MARK, recordKeys } from '../marks.ts';
import type { PlanEntry } from '../plan.ts';
import type { Spec } from '../spec.ts';
import { sameConfig } from '../values.ts';

/** Networks and images are shared by all domains; profiles and volumes belong to one. */
const FEATURES = {
  'features.images': 'false',
  'features.networks': 'false',
  'features.profiles': 'true',
  'features.storage.volumes': 'true',
};

export function projectId(project: string): string {
  return `project:${project}`;
}

export function projectSpec(domain: DesiredDomain, projectName: string): Spec {
  return {
    id: projectId(domain.project),
    kind: 'project',
    name: domain.project,
    project: domain.project,
    domain: domain.name,
    needs: [],
    wanted: {
      description: domain.description,
      config: {
        ...FEATURES,
        [MARK.project]: projectName,
        [MARK.domain]: domain.name,
        [MARK.keys]: recordKeys(FEATURES),
      },
    },
  };
}

export function projectEntry(
  spec: Spec,
  projects: readonly Project[],
  rules: Rules,
): PlanEntry | undefined {
  if (spec.name === 'default')
    return refuse(spec, {
      code: 'reserved-name',
      reason: {
        en: `The project 'default' is Incus's own and is never managed.`,
        fr: `Le projet « default » est celui d'Incus lui-même et n'est jamais géré.`,
      },
      remedy: { en: 'Rename the domain.', fr: 'Renommez le domaine.' },
    });
  if (isOwnProject(spec.name)) return refuse(spec, ownProject(spec.name));
  const live = projects.find((project) => project.name === spec.name);
  const entry = decide(live && isInUse(live) ? withImagesOf(live, spec) : spec, live, rules);
  if (entry?.action !== 'update' || !live) return entry;
  const fixed = Object.entries(FEATURES).find(
    ([key, value]) => key !== 'features.images' && !sameConfig(key, value, live.config[key]),
  );
  return fixed && isInUse(live) ? refuse(spec, featuresDiffer(spec.name, fixed[0])) : entry;
}

/**
 * Where the images of a project stand is as good one way as the other: a machine that lacks its image gets a copy. The
 * Ansible-based anklume made projects with images of their own, and they are taken over as they are.
 */
function withImagesOf(live: Project, spec: Spec): Spec {
  const images = live.config['features.images'] ?? FEATURES['features.images'];
  const config = { ...spec.wanted.config, 'features.images': images };
  return { ...spec, wanted: { ...spec.wanted, config } };
}

/** Incus refuses to change features once anything but the default profile is in the project. */
function isInUse(project: Project): boolean {
  return project.used_by.some((user) => !/^\/1\.0\/profiles\/default(\?|$)/.test(user));
}

/** What is put aside there would count as the domain's, and the other way round. */
function ownProject(name: string) {
  return {
    code: 'reserved-name',
    reason: {
      en: `anklume keeps things of its own in the project '${name}', which cannot be a domain.`,
      fr: `anklume garde ses propres objets dans le projet « ${name} », qui ne peut pas être un domaine.`,
    },
    remedy: { en: 'Rename the domain.', fr: 'Renommez le domaine.' },
  };
}

function featuresDiffer(name: string, feature: string) {
  return {
    code: 'features-differ',
    reason: {
      en: `The project '${name}' is in use with another value of ${feature}, which Incus does not change then.`,
      fr: `Le projet « ${name} » est utilisé avec une autre valeur de ${feature}, qu'Incus ne change plus alors.`,
    },
    remedy: {
      en: `Empty the project or move its machines, then apply again.`,
      fr: `Videz le projet ou déplacez ses machines, puis relancez apply.`,
    },
  };
}
