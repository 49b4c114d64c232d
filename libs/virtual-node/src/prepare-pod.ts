import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { KubeClient } from '@sympozium/kube';
import type { ContainerCommand } from './container-process.js';
import type { PodPlace } from './downward.js';
import { containerEnvironment } from './environment.js';
import { expand } from './expansion.js';
import { imageCommand, type ImageCommands } from './images.js';
import { PathRewriter } from './path-rewriting.js';
import { allContainers, isSidecar, namespaceOf, type Container, type Pod } from './pod.js';
import { serviceVariables } from './services/service-environment.js';
import type { Service } from './services/service.js';
import { environmentSources, readSources, union, volumeSources, type Sources } from './sources.js';
import { StartObstacle } from './start-obstacle.js';
import type { VolumeFolders } from './volume-folder.js';

/** A container that is ready to be started. */
export interface Launch extends ContainerCommand {
  readonly container: Container;
  readonly terminationMessageFile: string;
  /** What is executed in the container, a probe or a hook, with its paths made real. */
  readonly inContainer: (command: readonly string[]) => readonly string[];
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
  /** The Services of a namespace, for variables that announce them. */
  readonly servicesOf: (namespace: string) => readonly Service[];
  readonly signal: AbortSignal;
}

/** Reads what the Pod needs, writes its volumes, and works out each container's command and environment. */
export async function preparePod(input: PrepareInput): Promise<ReadonlyMap<string, Launch>> {
  const { pod, client, signal, volumes } = input;
  const containers = allContainers(pod);
  for (const container of containers) checkSupported(container, input);
  const sources = await readSources(client, pod, union(environmentSources(pod), volumeSources(pod)), signal);
  const launches = containers.map((container) => prepareContainer(container, sources, input));
  await volumes.write(sources);
  return new Map(launches.map((launch) => [launch.container.name, launch]));
}

function checkSupported(container: Container, { pod, images }: PrepareInput): void {
  const { name, restartPolicy } = container;
  commandOfImage(container, images);
  if (restartPolicy !== undefined && !isSidecar(pod, container))
    throw new StartObstacle(`this node knows a restartPolicy of init containers only; leave it out of "${name}"`);
}

function commandOfImage({ name, image = '' }: Container, images: ImageCommands): readonly string[] {
  const command = imageCommand(image, images);
  if (command) return command;
  const message = `this node runs processes and knows no command for image "${image}"; map it with --image ${image}=COMMAND`;
  throw new StartObstacle(message, { reason: 'ErrImageNeverPull', container: name });
}

function prepareContainer(container: Container, sources: Sources, input: PrepareInput): Launch {
  const folder = join(input.folder, 'containers', container.name);
  const { rewriter, terminationMessageFile } = containerPaths(container, folder, input.volumes);
  const workingFolder = rewriter.path(container.workingDir ?? '') ?? join(folder, 'work');
  const { command, environment } = commandAndEnvironment(container, sources, input, rewriter);
  for (const each of new Set([folder, workingFolder, dirname(terminationMessageFile)]))
    mkdirSync(each, { recursive: true, mode: 0o700 });
  const inContainer = (execute: readonly string[]): readonly string[] => execute.map((part) => rewriter.argument(part));
  return { container, folder, command, environment, workingFolder, terminationMessageFile, inContainer };
}

/** Both with their container paths made real; `$(X)` is expanded before, as the Pod's author sees them. */
function commandAndEnvironment(
  container: Container,
  sources: Sources,
  input: PrepareInput,
  rewriter: PathRewriter,
): Pick<Launch, 'command' | 'environment'> {
  const variables = containerEnvironment({ ...input, container, sources, base: announced(input) });
  const expanded = (text: string): string => rewriter.argument(expand(text, variables));
  const { command = [], args = [] } = container;
  const program = command.length > 0 ? command.map(expanded) : commandOfImage(container, input.images);
  const environment = new Map(imageVariables(input.path, rewriter));
  for (const [name, value] of variables) environment.set(name, rewriter.value(value));
  return { command: [...program, ...args.map(expanded)], environment };
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

/** Where the API server is, and the namespace's Services unless the Pod does not want them. */
function announced({ pod, apiServer, servicesOf }: PrepareInput): Map<string, string> {
  const services = pod.spec.enableServiceLinks === false ? [] : servicesOf(namespaceOf(pod));
  return new Map([...serviceVariables(services), ...clusterVariables(apiServer)]);
}

/** How a Pod finds the API server, as the kubelet says it. */
const clusterVariables = ({ hostname, port }: URL): Map<string, string> =>
  new Map([
    ['KUBERNETES_SERVICE_HOST', hostname.replace(/^\[|\]$/g, '')],
    ['KUBERNETES_SERVICE_PORT', port || '443'],
    ['KUBERNETES_SERVICE_PORT_HTTPS', port || '443'],
  ]);

/** What an image would bring: PATH, and where /tmp is when the Pod mounts one, since nothing can be mounted. */
function imageVariables(path: string, rewriter: PathRewriter): [string, string][] {
  const tmp = rewriter.path('/tmp');
  return [['PATH', path], ...(tmp === undefined ? [] : [['TMPDIR', tmp] satisfies [string, string]])];
}
