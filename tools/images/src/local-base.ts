import { chmodSync, cpSync, mkdirSync, realpathSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { BaseImage, Buildah } from './buildah.js';
import { command } from './command.js';
import { NODE_VERSION, nodeBinary } from './node-binary.js';

const NAME = 'localhost/sympozium-node:24';
const NONROOT = 65_532;
/** Taken from this machine beside the libraries, with the package that each comes from. */
const FILES: Readonly<Record<string, string>> = {
  'ca-certificates': '/etc/ssl/certs/ca-certificates.crt',
  tzdata: '/usr/share/zoneinfo',
  'base-files': '/etc/os-release',
};
const DOCKERFILE = `FROM scratch
COPY . /
ENV PATH=/usr/local/bin:/usr/bin:/bin NODE_VERSION=${NODE_VERSION}
CMD ["node"]
`;

/** Makes the local base: Node and what it needs, nothing else; no shell, no package manager. */
export async function makeLocalBase(
  buildah: Buildah,
  folder: string,
  onProgress: (line: string) => void,
): Promise<BaseImage> {
  const node = await nodeBinary(onProgress);
  const root = join(folder, 'base');
  const libraries = sharedLibraries(await command('ldd', [join(node, 'bin/node')]));
  copyInto(root, join(node, 'bin/node'), '/usr/local/bin/node');
  copyInto(root, join(node, 'LICENSE'), '/usr/local/share/doc/node/LICENSE');
  for (const path of [...libraries, ...Object.values(FILES)]) copyInto(root, path);
  writeAccounts(root);
  const owners = await Promise.all(libraries.map(owner));
  for (const name of new Set([...owners, ...Object.keys(FILES)])) await recordPackage(root, name);
  const dockerfile = join(folder, 'Dockerfile.base');
  writeFileSync(dockerfile, DOCKERFILE);
  onProgress(`making the base ${NAME}`);
  await buildah.build({ dockerfile, context: root, tag: NAME });
  return buildah.inspect(NAME);
}

/** Paths in what `ldd` prints, the loader's among them. */
export const sharedLibraries = (printed: string): string[] => [
  ...new Set([...printed.matchAll(/(?<=^|\s)\/\S+(?= \()/gm)].map(([path]) => path)),
];

/** A file or folder of this machine at the same path of the image, without the links on its way. */
function copyInto(root: string, from: string, to: string = from): void {
  mkdirSync(join(root, dirname(to)), { recursive: true });
  cpSync(realpathSync(from), join(root, to), { recursive: true, verbatimSymlinks: true });
}

function writeAccounts(root: string): void {
  for (const empty of ['dev', 'proc', 'sys', 'run', 'tmp']) mkdirSync(join(root, empty));
  chmodSync(join(root, 'tmp'), 0o1777);
  const user = `nonroot:x:${NONROOT}:${NONROOT}::/tmp:/sbin/nologin\n`;
  writeFileSync(join(root, 'etc/passwd'), `root:x:0:0::/:/sbin/nologin\n${user}`);
  writeFileSync(join(root, 'etc/group'), `root:x:0:\nnonroot:x:${NONROOT}:\n`);
  writeFileSync(join(root, 'etc/nsswitch.conf'), 'hosts: files dns\n');
}

/** The Debian package that a library belongs to, by whichever of its two paths the package names. */
async function owner(library: string): Promise<string> {
  const search = (path: string): Promise<string> => command('dpkg-query', ['--search', path]);
  const found = await search(library).catch(() => search(realpathSync(library)));
  return (found.split(':', 1)[0] ?? '').trim();
}

/** Says what the image holds, in the way that scanners of images without a package manager know. */
async function recordPackage(root: string, name: string): Promise<void> {
  const folder = join(root, 'var/lib/dpkg/status.d');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, name), await command('dpkg-query', ['--status', name]));
  copyInto(root, `/usr/share/doc/${name}/copyright`);
}
