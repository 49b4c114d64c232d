import {
  MAX_SKILL_PACK_NAME,
  SKILL_PACK,
  skillPackSpec,
  type SkillPack,
  type SkillPackSpec,
  type SkillPackSpecInput,
} from '@sympozium/api';
import { CONTRACT } from './contract.js';
import { deepFreeze } from './deep-freeze.js';
import { foreignPaths } from './foreign-paths.js';

/** The brand of a skill pack's package. */
export const SKILL_PACK_TYPE = 'sympozium.ai/skill-pack';

/** A skill pack as an npm package: data that the operator applies as an object in its own namespace. */
export interface SkillPackPlugin {
  readonly $type: typeof SKILL_PACK_TYPE;
  readonly contract: string;
  readonly object: SkillPack;
}

/** What `defineSkillPack` is given. */
export interface SkillPackParts {
  /** Name of the SkillPack, by which instances and runs refer to it. */
  readonly name: string;
  readonly spec: SkillPackSpecInput;
}

/**
 * Stamps a skill pack with its brand and the contract it was built for, and checks it as an API server would.
 * Throws `TypeError` that names each wrong field and says what to write. What it returns cannot be changed.
 */
export function defineSkillPack({ name, spec }: SkillPackParts): SkillPackPlugin {
  const checked = checkSkillPack(name, spec);
  if ('problems' in checked) throw new TypeError(`skill pack ${String(name)}: ${checked.problems.join('; ')}`);
  const { apiVersion, kind } = SKILL_PACK;
  const object: SkillPack = { apiVersion, kind, metadata: { name }, spec: checked.spec };
  return deepFreeze({ $type: SKILL_PACK_TYPE, contract: CONTRACT, object });
}

/** A pack's spec with its defaults, or what is wrong with it or with the pack's name. */
export type CheckedSkillPack = { readonly spec: SkillPackSpec } | { readonly problems: readonly string[] };

/**
 * Judges a pack by what an API server asks of its kind, whatever it is given. A field that the schema does not know is
 * a problem too. The spec shares nothing with what was given.
 */
export function checkSkillPack(name: unknown, spec: unknown): CheckedSkillPack {
  const parsed = skillPackSpec.safeParse(spec);
  const problems = [
    ...nameProblems(name),
    ...(parsed.success ? fieldProblems(spec, parsed.data) : issues(parsed.error)),
  ];
  if (!parsed.success || problems.length > 0) return { problems };
  return { spec: JSON.parse(JSON.stringify(parsed.data)) as SkillPackSpec };
}

const NAME = /^[a-z]([-a-z0-9]*[a-z0-9])?$/;
const NAME_HINT = `name: write at most ${MAX_SKILL_PACK_NAME} characters of a-z, 0-9 and -, beginning with a letter and ending with a letter or digit`;

const nameProblems = (name: unknown): readonly string[] =>
  typeof name === 'string' && name.length <= MAX_SKILL_PACK_NAME && NAME.test(name) ? [] : [NAME_HINT];

const issues = ({ issues }: { issues: readonly { path: PropertyKey[]; message: string }[] }): readonly string[] =>
  issues.map(({ path, message }) => `${['spec', ...path.map(String)].join('.')}: ${message}`);

const fieldProblems = (given: unknown, kept: SkillPackSpec): readonly string[] => [
  ...unknownFields(given, kept, 'spec'),
  ...foreignPaths(given, 'spec').map((path) => `${path}: write plain JSON`),
  ...repeated(kept.skills ?? [], 'spec.skills'),
  ...repeated(kept.sidecar?.env ?? [], 'spec.sidecar.env'),
  ...repeated(kept.sidecar?.ports ?? [], 'spec.sidecar.ports'),
];

/** Fields that were given and that the schema left out: an API server would refuse or drop them. */
function unknownFields(given: unknown, kept: unknown, path: string): readonly string[] {
  if (typeof given !== 'object' || given === null) return [];
  const known = kept as Readonly<Record<string, unknown>>;
  return Object.entries(given).flatMap(([field, value]) =>
    field in known
      ? unknownFields(value, known[field], `${path}.${field}`)
      : [`${path}.${field}: is no field of a SkillPack; remove it`],
  );
}

/** Lists whose items are told apart by name: an API server refuses a second one. */
function repeated(items: readonly { readonly name: string }[], path: string): readonly string[] {
  const names = items.map(({ name }) => name);
  const twice = new Set(names.filter((name, at) => names.indexOf(name) !== at));
  return [...twice].map((name) => `${path}: ${name} stands there twice; keep one`);
}
