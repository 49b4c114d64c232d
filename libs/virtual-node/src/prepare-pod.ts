import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { KubeClient } from '@sympozium/kube';
import type { ContainerCommand } from './container-process.js';
import type { PodPlace } from './downward.js';
import { containerEnvironment } from './environment.js';
import { expand } from './expansion.js';
import { imageCommand, type ImageCommands } from './images.js';
import { PathRewriter } from './path-rewriting.js';
import type { Container, Pod } from './pod.js';
import { readSources, type Sources } from './sources.js';
import type { VolumeFolders } from './volume-folder.js';
import { volumeContent } from './volumes.js';

/** A container that is ready to be started. */
export interface Launch extends ContainerCommand {
  readonly container: Container;
  readonly terminationMessageFile: string;
}

export interface PrepareInput {
  readonly pod: Pod;
  readonly place: PodPlace;
  readonly client: KubeClient;
  readonly images: ImageCommands;
  readonly volumes: VolumeFolders;
  /** The Pod's folder. */
  readonly folder: string;
  readonly apiServer: URL;
  /** PATH of the processes. */
  readonly path: string;
  readonly signal: AbortSignal;
}

/** An image that no command is known for. */
export class ImageError extends Error {
  override readonly name = 'ImageError';
}

const SERVICE_ACCOUNT = '/var/run/secrets/kubernetes.io/serviceaccount';

/** Reads what the Pod needs, writes its volumes, and works out each container's command and environment. */
export async function preparePod(input: PrepareInput): Promise<Map<string, Launch>> {
  const { pod, client, signal, volumes } = input;
  const containers = [...(pod.spec.initContainers ?? []), ...pod.spec.containers];
  for (const container of containers) commandOfImage(container, input.images);
  const sources = await readSources(client, pod, signal);
  await Promise.all(
    (pod.spec.volumes ?? []).map((volume) => volumes.write(volume.name, volumeContent(volume, { ...input, sources }))),
  );
  const launches = await Promise.all(containers.map((container) => prepareContainer(container, sources, input)));
  return new Map(launches.map((launch) => [launch.container.name, launch]));
}

function commandOfImage({ image = '' }: Container, images: ImageCommands): readonly string[] {
  const command = imageCommand(image, images);
  if (command) return command;
  throw new ImageError(
    `this node runs processes and knows no command for image "${image}"; map it with --image ${image}=COMMAND`,
  );
}

async function prepareContainer(container: Container, sources: Sources, input: PrepareInput): Promise<Launch> {
  const folder = join(input.folder, 'containers', container.name);
  const work = join(folder, 'work');
  await Promise.all([mkdir(work, { recursive: true }), mkdir(join(folder, 'tmp'), { recursive: true })]);
  const { rewriter, terminationMessageFile } = containerPaths(container, folder, input.volumes);
  await writeFile(terminationMessageFile, '');
  const base = baseEnvironment({ folder, rewriter, input });
  const environment = containerEnvironment({ ...input, container, sources, base });
  const expanded = (text: string): string => rewriter.argument(expand(text, environment));
  const command = container.command?.length ? container.command.map(expanded) : commandOfImage(container, input.images);
  const rewritten = [...environment].map(([name, value]): [string, string] => [
    name,
    base.get(name) === value ? value : rewriter.value(value),
  ]);
  return {
    container,
    folder,
    command: [...command, ...(container.args ?? []).map(expanded)],
    environment: new Map(rewritten),
    workingFolder: rewriter.path(container.workingDir ?? '') ?? work,
    terminationMessageFile,
  };
}

function containerPaths(
  container: Container,
  folder: string,
  volumes: VolumeFolders,
): { rewriter: PathRewriter; terminationMessageFile: string } {
  const mounts = (container.volumeMounts ?? []).map(({ name, mountPath, subPath = '' }) => ({
    from: mountPath,
    to: join(volumes.pathOf(name), subPath),
  }));
  const messagePath = container.terminationMessagePath ?? '/dev/termination-log';
  const terminationMessageFile = new PathRewriter(mounts).path(messagePath) ?? join(folder, 'termination-log');
  const rewriter = new PathRewriter([...mounts, { from: messagePath, to: terminationMessageFile }]);
  return { rewriter, terminationMessageFile };
}

/** What every process has: Kubernetes' own variables, and what a process cannot do without. */
function baseEnvironment(options: {
  folder: string;
  rewriter: PathRewriter;
  input: PrepareInput;
}): Map<string, string> {
  const { folder, rewriter, input } = options;
  const { apiServer, pod, place, path } = input;
  const account = rewriter.path(SERVICE_ACCOUNT);
  return new Map([
    ['PATH', path],
    ['HOME', join(folder, 'work')],
    ['TMPDIR', rewriter.path('/tmp') ?? join(folder, 'tmp')],
    ['HOSTNAME', pod.metadata.name],
    ['POD_IP', place.processIP],
    ['KUBERNETES_SERVICE_HOST', apiServer.hostname.replace(/^\[|\]$/g, '')],
    ['KUBERNETES_SERVICE_PORT', apiServer.port || '443'],
    ...(account ? [['SYMPOZIUM_SERVICEACCOUNT_DIR', account] as const] : []),
  ]);
}
