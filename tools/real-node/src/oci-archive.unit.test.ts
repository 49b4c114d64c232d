import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { writeArchive } from './oci-archive.js';
import { parseLdd } from './root-folder.js';

interface Descriptor {
  digest: string;
  size: number;
  annotations?: Record<string, string>;
}

const REFERENCE = 'docker.io/sympozium/operator:0.1.0';
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'oci-archive-'));
  mkdirSync(join(folder, 'root', 'bin'), { recursive: true });
  writeFileSync(join(folder, 'root', 'bin', 'program'), 'text');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function write(name: string): string {
  const path = join(folder, name);
  writeArchive(path, { reference: REFERENCE, root: join(folder, 'root'), config: { User: '65532:65532' } });
  return path;
}

describe('writeArchive', () => {
  it('writes an image under its whole name, whose parts all are what their digests say', () => {
    const out = join(folder, 'out');
    mkdirSync(out);
    execFileSync('tar', ['-xf', write('a.tar'), '-C', out]);
    for (const name of readdirSync(join(out, 'blobs', 'sha256')))
      expect(
        createHash('sha256')
          .update(readFileSync(join(out, 'blobs', 'sha256', name)))
          .digest('hex'),
      ).toBe(name);

    const read = (path: string) => JSON.parse(readFileSync(join(out, path), 'utf8')) as Record<string, unknown>;
    const blob = ({ digest }: Descriptor) => read(join('blobs', digest.replace(':', '/')));
    const [manifest] = read('index.json')['manifests'] as [Descriptor];
    expect(manifest.annotations?.['io.containerd.image.name']).toBe(REFERENCE);
    const { config, layers } = blob(manifest) as unknown as { config: Descriptor; layers: [Descriptor] };
    expect(blob(config)).toMatchObject({
      architecture: 'amd64',
      config: { User: '65532:65532' },
      rootfs: { diff_ids: [layers[0].digest] },
    });
    const listed = execFileSync('tar', ['-tf', join(out, 'blobs', layers[0].digest.replace(':', '/'))]).toString();
    expect(listed).toContain('./bin/program');
  });

  it('writes the same bytes of the same files', () => {
    expect(readFileSync(write('a.tar')).equals(readFileSync(write('b.tar')))).toBe(true);
  });
});

it('parseLdd finds libraries and the loader', () => {
  const text = [
    '\tlinux-vdso.so.1 (0x00007f4239f2f000)',
    '\tlibm.so.6 => /lib/x86_64-linux-gnu/libm.so.6 (0x00007f4239e3e000)',
    '\tlibgone.so => not found',
    '\t/lib64/ld-linux-x86-64.so.2 (0x00007f4239f31000)',
  ].join('\n');
  expect(parseLdd(text)).toEqual(['/lib/x86_64-linux-gnu/libm.so.6', '/lib64/ld-linux-x86-64.so.2']);
  expect(parseLdd('\tnot a dynamic executable')).toEqual([]);
});
