import { join } from 'node:path';
import { command } from './command.js';

/** Answers of buildah that are read here. */
export interface BaseImage {
  /** Name that a Dockerfile's FROM may use. */
  readonly name: string;
  /** How many layers it has. */
  readonly layers: number;
}

/** What a Dockerfile is built with. */
export interface Build {
  readonly dockerfile: string;
  readonly context: string;
  readonly tag: string;
  readonly args?: Readonly<Record<string, string>>;
}

/** Seconds since 1970 that images and their files bear, as https://reproducible-builds.org/docs/source-date-epoch/ says. */
const EPOCH = process.env['SOURCE_DATE_EPOCH'] ?? '0';

/** What a reference begins with that names no registry; a Dockerfile's FROM cannot say it. */
const TRANSPORT = /^(containers-storage|dir|docker|docker-archive|docker-daemon|oci|oci-archive):(?=[/[])/;

/** buildah with a store of its own, in a folder that can be thrown away: what else buildah keeps here stays as it is. */
export class Buildah {
  readonly #store: readonly string[];

  constructor(folder: string) {
    this.#store = ['--root', join(folder, 'store'), '--runroot', join(folder, 'run')];
  }

  /** Builds an image that never reaches the network: neither its build steps nor their base. */
  async build({ dockerfile, context, tag, args = {} }: Build): Promise<void> {
    const given = Object.entries(args).flatMap(([name, value]) => ['--build-arg', `${name}=${value}`]);
    const how = ['--isolation', 'chroot', '--pull-never', '--timestamp', EPOCH, '--format', 'oci'];
    const what = [...given, '--file', dockerfile, '--tag', tag, context];
    await command('unshare', ['--net', 'buildah', ...this.#store, 'build', ...how, ...what]);
  }

  /** Fetches an image from wherever its reference says: a registry, an archive, another store. */
  async pull(reference: string): Promise<BaseImage> {
    try {
      const id = (await this.#run('pull', '--quiet', reference)).trim();
      return await this.inspect(TRANSPORT.test(reference) ? id : reference);
    } catch (cause) {
      throw new Error(`the base ${reference} cannot be pulled. ${(cause as Error).message}`, { cause });
    }
  }

  async inspect(name: string): Promise<BaseImage> {
    const format = '{{len .OCIv1.RootFS.DiffIDs}}';
    return { name, layers: Number(await this.#run('inspect', '--type', 'image', '--format', format, name)) };
  }

  /** Writes the image as an OCI layout into a folder. */
  async export(image: string, folder: string): Promise<void> {
    await this.#run('push', '--quiet', image, `oci:${folder}`);
  }

  /** Lets one read an image's files. */
  async read<T>(image: string, reader: (root: string) => T): Promise<T> {
    const container = (await this.#run('from', '--pull-never', image)).trim();
    try {
      return reader((await this.#run('mount', container)).trim());
    } finally {
      await this.#run('rm', container);
    }
  }

  /** Lets go of all images, so that the folder can be removed. */
  async clear(): Promise<void> {
    await this.#run('rmi', '--all', '--force');
  }

  #run(...args: string[]): Promise<string> {
    return command('buildah', [...this.#store, ...args]);
  }
}
