import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A package of the distribution that an image is based on. */
export interface BasePackage {
  readonly name: string;
  readonly version: string;
  readonly architecture: string;
}

/** Packages of Debian that an image's files name: all in one file, or one file each as in images without a package manager. */
export function basePackages(root: string): BasePackage[] {
  const folder = join(root, 'var/lib/dpkg');
  const single = join(folder, 'status.d');
  const parts = existsSync(single) ? readdirSync(single).filter((name) => !name.endsWith('.md5sums')) : [];
  const files = [join(folder, 'status'), ...parts.map((name) => join(single, name))].filter((file) => existsSync(file));
  const packages = files.flatMap((file) =>
    readFileSync(file, 'utf8')
      .split(/\n{2,}/)
      .flatMap(installed),
  );
  return packages.sort((a, b) => a.name.localeCompare(b.name, 'en'));
}

function installed(paragraph: string): BasePackage[] {
  const field = (name: string): string | undefined => new RegExp(`^${name}: (.+)$`, 'm').exec(paragraph)?.[1];
  const [name, version, status] = [field('Package'), field('Version'), field('Status')];
  if (name === undefined || version === undefined || status?.endsWith(' installed') === false) return [];
  return [{ name, version, architecture: field('Architecture') ?? 'all' }];
}
