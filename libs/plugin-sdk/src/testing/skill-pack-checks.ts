import { SERVER_ENV, SERVER_PORT, SKILL_PACK, type SidecarSpec } from '@sympozium/api';
import { CONTRACT } from '../contract.js';
import { foreignPaths } from '../foreign-paths.js';
import { checkSkillPack, SKILL_PACK_TYPE, type SkillPackPlugin } from '../skill-pack.js';
import { schemaFaults } from './params-schema.js';

/** One thing that every skill pack promises; `faults` are sentences on how a pack breaks it. */
export interface SkillPackCheck {
  readonly promise: string;
  faults(plugin: SkillPackPlugin): readonly string[];
}

const when = (bad: boolean, sentence: string): readonly string[] => (bad ? [sentence] : []);

const major = (version: string): string => version.split('.')[0] ?? '';

const stamped = ({ $type, contract, object }: SkillPackPlugin): readonly string[] => [
  ...when($type !== SKILL_PACK_TYPE, 'it was not made by defineSkillPack'),
  ...when(major(contract) !== major(CONTRACT), `contract ${contract} is not ${CONTRACT}`),
  ...when(object.apiVersion !== SKILL_PACK.apiVersion || object.kind !== SKILL_PACK.kind, 'its object is no SkillPack'),
];

function valid({ object: { metadata, spec } }: SkillPackPlugin): readonly string[] {
  const checked = checkSkillPack(metadata.name, spec);
  const others = Object.keys(metadata).filter((field) => field !== 'name');
  return [
    ...('problems' in checked ? checked.problems : []),
    ...others.map((field) => `metadata.${field}: is the operator’s; remove it`),
  ];
}

const plain = ({ object }: SkillPackPlugin): readonly string[] =>
  foreignPaths(object).map((path) => `${path} is no JSON`);

const frozen = (plugin: SkillPackPlugin): readonly string[] =>
  thawed(plugin, '$').map((path) => `${path} can be changed`);

function thawed(value: unknown, path: string): readonly string[] {
  if (typeof value !== 'object' || value === null) return [];
  if (!Object.isFrozen(value)) return [path];
  return Object.entries(value).flatMap(([key, inner]) => thawed(inner, `${path}.${key}`));
}

const told = ({ object: { spec } }: SkillPackPlugin): readonly string[] =>
  (spec.skills ?? []).flatMap(({ name, description, content }) => [
    ...when(description.trim() === '', `skill ${name} does not say when to use it`),
    ...when(content.trim() === '', `skill ${name} says nothing`),
  ]);

const params = ({ object: { spec } }: SkillPackPlugin): readonly string[] =>
  spec.params === undefined ? [] : schemaFaults(spec.params).map((fault) => `spec.params: ${fault}`);

const inSidecar =
  (check: (sidecar: SidecarSpec) => readonly string[]) =>
  ({ object: { spec } }: SkillPackPlugin): readonly string[] =>
    spec.sidecar === undefined ? [] : check(spec.sidecar);

const probes = inSidecar(({ probes = {}, ports = [] }) => {
  const implied = ports.some(({ name }) => name === 'http') ? [] : [{ name: 'http', containerPort: SERVER_PORT.http }];
  const known = new Set<unknown>([...ports, ...implied].flatMap(({ name, containerPort }) => [name, containerPort]));
  return Object.entries(probes).flatMap(([name, probe]) =>
    probeFaults(probe, known).map((fault) => `${name}: ${fault}`),
  );
});

const HANDLERS = ['httpGet', 'tcpSocket', 'grpc', 'exec'];

function probeFaults(
  probe: Readonly<Record<string, unknown>> | undefined,
  ports: ReadonlySet<unknown>,
): readonly string[] {
  if (probe === undefined) return [];
  const handlers = HANDLERS.filter((handler) => handler in probe);
  if (handlers.length !== 1) return [`has ${handlers.length} of ${HANDLERS.join(', ')}; write one`];
  const { port, host } = probe[handlers[0] ?? ''] as { port?: unknown; host?: unknown };
  return [
    ...when(handlers[0] !== 'exec' && !ports.has(port), `port ${String(port)} is none of spec.sidecar.ports`),
    ...when(host !== undefined, 'names a host, which Pod Security refuses'),
  ];
}

const OURS = new Set<string>(Object.values(SERVER_ENV));
const SECRET_NAME = /(^|_)(KEY|TOKEN|SECRET|PASSWORD|PASSWD|CREDENTIALS?)$/i;
const SECRET_VALUE = /(^|[^a-z])(sk-|ghp_|xox[abp]-|AKIA|eyJ[\w-]{8,}\.)[\w-]{8,}|-----BEGIN |:\/\/[^/\s@]+:[^/\s@]+@/;

const environment = inSidecar(({ env = [] }) =>
  env.flatMap(({ name, value }) => [
    ...when(OURS.has(name), `${name} is the operator’s; it would be overwritten`),
    ...when(
      value !== undefined && value !== '' && (SECRET_NAME.test(name) || SECRET_VALUE.test(value)),
      `${name} looks like a secret; write valueFrom.secretKeyRef`,
    ),
  ]),
);

/** Every promise of a skill pack that plain data can show. */
export const SKILL_PACK_CHECKS: readonly SkillPackCheck[] = [
  { promise: 'is stamped by defineSkillPack', faults: stamped },
  { promise: 'has a name and a spec that an API server takes', faults: valid },
  { promise: 'is plain JSON', faults: plain },
  { promise: 'cannot be changed', faults: frozen },
  { promise: 'tells of every skill what it is for', faults: told },
  { promise: 'has params that are a JSON Schema', faults: params },
  { promise: 'probes ports that it has', faults: probes },
  { promise: 'has an environment without secrets and without the operator’s names', faults: environment },
];
