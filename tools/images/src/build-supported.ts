import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** This machine, as far as building images asks for it. */
export interface Machine {
  readonly platform: string;
  readonly arch: string;
  readonly uid: number | undefined;
  exists(path: string): boolean;
  /** Whether the search path has a program of this name. */
  has(program: string): boolean;
}

const thisMachine: Machine = {
  platform: process.platform,
  arch: process.arch,
  uid: process.getuid?.(),
  exists: existsSync,
  has: (program) => (process.env['PATH'] ?? '').split(delimiter).some((folder) => existsSync(join(folder, program))),
};

/** A machine that lacks something: what to say of it. */
interface Refusal {
  readonly lacks: (machine: Machine) => boolean;
  readonly why: string;
}

const ALWAYS: readonly Refusal[] = [
  {
    lacks: ({ platform }) => platform !== 'linux',
    why: 'images are built on Linux only; or build the Dockerfiles with docker.',
  },
  { lacks: ({ uid }) => uid !== 0, why: 'images are built as root: sudo npm run images' },
];
const LOCAL_BASE: readonly Refusal[] = [
  { lacks: ({ arch }) => arch !== 'x64', why: 'the local base is made on x64 only; name another one with --base.' },
  {
    lacks: (machine) => !machine.has('dpkg-query'),
    why: 'the local base is made on Debian only; name another one with --base.',
  },
];

/** Debian packages, by what shows that one is there. */
const PACKAGES: Readonly<Record<string, (machine: Machine) => boolean>> = {
  buildah: (machine) => machine.has('buildah'),
  'util-linux': (machine) => machine.has('unshare'),
};
const BASE_PACKAGES: typeof PACKAGES = {
  'ca-certificates': (machine) => machine.exists('/etc/ssl/certs/ca-certificates.crt'),
  tzdata: (machine) => machine.exists('/usr/share/zoneinfo/UTC'),
};

/** Why images cannot be built here, in one sentence with what to do; `undefined` when they can. */
export function buildSupported(options: { base?: string } = {}, machine: Machine = thisMachine): string | undefined {
  const local = options.base === undefined;
  const refusal = [...ALWAYS, ...(local ? LOCAL_BASE : [])].find(({ lacks }) => lacks(machine));
  if (refusal) return refusal.why;
  const packages = Object.entries({ ...PACKAGES, ...(local && BASE_PACKAGES) });
  const missing = packages.filter(([, there]) => !there(machine)).map(([name]) => name);
  if (missing.length === 0) return undefined;
  const names = missing.join(' ');
  return `images cannot be built without ${names}: apt-get install --no-install-recommends ${names}`;
}
