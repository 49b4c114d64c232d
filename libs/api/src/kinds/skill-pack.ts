import { z } from 'zod';
import { MAX_TEXT } from './conversation.js';
import { environmentVariables } from './env-var.js';
import type { Kind, KubeObject } from './kube-object.js';
import { SERVER_PORT } from '../well-known.js';
import { containerResources } from './pod-template.js';
import { anyObject, API_VERSION, dnsLabel, duration, keyedBy, ruled } from './schema.js';

const skillDocument = z.object({
  name: dnsLabel(63).describe('Name of the skill, as in a SKILL.md folder.'),
  description: z.string().max(1024).describe('When the agent should use it.'),
  content: z.string().max(MAX_TEXT).describe('The skill itself, Markdown.'),
});

const port = z.object({
  name: dnsLabel(15).describe('Name of the port; the endpoint’s is http.'),
  containerPort: z.int32().min(1).max(65_535).describe('Where the container listens.'),
});

const ports = ruled(
  z.array(port).max(16).meta(keyedBy('name')),
  {
    rule: 'self.all(port, self.filter(other, other.containerPort == port.containerPort).size() == 1)',
    message: 'give each port a number of its own',
  },
  (ports) => new Set(ports.map(({ containerPort }) => containerPort)).size === ports.length,
);

const probe = anyObject.optional();

const container = z.object({
  image: z.string().min(1).max(1024).describe('The sidecar’s image.'),
  command: z.array(z.string().max(4096)).max(64).optional().describe('Replaces the image’s entrypoint.'),
  args: z.array(z.string().max(4096)).max(64).optional().describe('Arguments of the command.'),
  env: environmentVariables.optional().describe('Environment variables; the names that every server gets win.'),
  ports: ports.optional().describe('Ports of the container; a server without a port http listens on 8080.'),
  resources: containerResources.optional().describe('Requests and limits of the container.'),
  probes: z
    .object({
      startup: probe.describe('As a container’s startupProbe.'),
      readiness: probe.describe('As a container’s readinessProbe; absent: a connection to port http.'),
      liveness: probe.describe('As a container’s livenessProbe.'),
    })
    .optional()
    .describe('How the kubelet learns whether the container works.'),
  requiresServer: z
    .boolean()
    .optional()
    .describe('The sidecar is a long-lived server: it is what an instance’s server run runs, and in no task run.'),
  terminationGracePeriod: duration.default('30s').describe('Time between SIGTERM and SIGKILL.'),
});

export const sidecarSpec = ruled(
  container,
  {
    rule: "!has(self.requiresServer) || !self.requiresServer || !has(self.ports) || self.ports.exists(port, port.name == 'http') || !self.ports.exists(port, port.containerPort == 8080)",
    message: 'name port 8080 http: a server without a port http listens there',
  },
  ({ requiresServer, ports = [] }) =>
    requiresServer !== true ||
    ports.some(({ name }) => name === 'http') ||
    ports.every(({ containerPort }) => containerPort !== SERVER_PORT.http),
);

export const skillPackSpec = z.object({
  version: z.string().min(1).max(64).optional().describe('Version of the pack, semver.'),
  description: z.string().max(1024).optional().describe('What the pack is good for, one sentence.'),
  category: dnsLabel(63).optional().describe('What it is listed under.'),
  skills: z
    .array(skillDocument)
    .max(64)
    .meta(keyedBy('name'))
    .optional()
    .describe('What the agent is told; SKILL.md folders import as they are.'),
  params: anyObject.optional().describe('JSON Schema of skills[].params of who uses the pack; absent: any object.'),
  sidecar: sidecarSpec.optional().describe('A container that comes with the pack.'),
});

export type SidecarSpec = z.infer<typeof sidecarSpec>;
export type SkillPackSpec = z.infer<typeof skillPackSpec>;
/** A spec as a pack's author writes it: what has a default may be absent. */
export type SkillPackSpecInput = z.input<typeof skillPackSpec>;

/** What an agent can be given: texts that it reads, and a server or tool beside it. */
export interface SkillPack extends KubeObject {
  spec: SkillPackSpec;
}

export const SKILL_PACK: Kind<SkillPack> = {
  apiVersion: API_VERSION,
  kind: 'SkillPack',
  plural: 'skillpacks',
  namespaced: true,
};
