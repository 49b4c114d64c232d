import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readArchive, unpackArchive, writeArchive } from './archive.js';

const REFERENCE = 'docker.io/sympozium/operator:0.1.0';
let folder: string;
let layout: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sympozium-archive-'));
  layout = join(folder, 'layout');
  mkdirSync(join(layout, 'blobs/sha256'), { recursive: true });
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

const path = (name: string): string => join(folder, name);

function blob(content: string | Uint8Array) {
  const digest = createHash('sha256').update(content).digest('hex');
  writeFileSync(join(layout, 'blobs/sha256', digest), content);
  return { digest: `sha256:${digest}`, size: Buffer.byteLength(content) };
}

/** Writes a layout with one image of these layers, each a file. */
function writeLayout(...layers: readonly (readonly [name: string, content: string])[]): void {
  const descriptors = layers.map(([name, content]) => {
    writeFileSync(path(name), content);
    return blob(execFileSync('tar', ['-czf', '-', '-C', folder, name]));
  });
  const config = blob(JSON.stringify({ architecture: 'amd64', os: 'linux', config: { User: '65532:65532' } }));
  const manifest = blob(JSON.stringify({ config, layers: descriptors }));
  writeFileSync(join(layout, 'oci-layout'), '{"imageLayoutVersion":"1.0.0"}');
  writeFileSync(join(layout, 'index.json'), JSON.stringify({ schemaVersion: 2, manifests: [manifest] }));
}

describe('an archive', () => {
  it('says what was written: its name twice, its layers, its configuration', async () => {
    writeLayout(['below', 'base'], ['above', 'bundle']);
    await writeArchive(layout, REFERENCE, path('a.tar'));
    const image = await readArchive(path('a.tar'));
    expect(image).toMatchObject({ reference: REFERENCE, config: { os: 'linux', config: { User: '65532:65532' } } });
    expect(image.layers).toHaveLength(2);
    for (const { digest, bytes } of image.layers)
      expect(readFileSync(join(layout, 'blobs', digest.replace(':', '/')))).toHaveLength(bytes);
    const index = execFileSync('tar', ['-xOf', path('a.tar'), 'index.json'], { encoding: 'utf8' });
    expect(index.split(REFERENCE)).toHaveLength(3);
  });

  it('is the same for the same layout', async () => {
    writeLayout(['file', 'content']);
    await writeArchive(layout, REFERENCE, path('a.tar'));
    await writeArchive(layout, REFERENCE, path('b.tar'));
    expect(readFileSync(path('a.tar')).equals(readFileSync(path('b.tar')))).toBe(true);
  });

  it('unpacks layer over layer', async () => {
    writeLayout(['file', 'old'], ['other', 'content'], ['file', 'new']);
    await writeArchive(layout, REFERENCE, path('a.tar'));
    mkdirSync(path('root'));
    await unpackArchive(path('a.tar'), path('root'));
    expect(readFileSync(path('root/file'), 'utf8')).toBe('new');
    expect(readFileSync(path('root/other'), 'utf8')).toBe('content');
  });

  it('of a layout with two images is not written', async () => {
    writeLayout(['file', 'content']);
    writeFileSync(join(layout, 'index.json'), JSON.stringify({ manifests: [{}, {}] }));
    await expect(writeArchive(layout, REFERENCE, path('a.tar'))).rejects.toThrow(/must hold one image/);
  });

  it.each([
    ['is not there', () => {}],
    ['is no archive', () => writeFileSync(path('a.tar'), 'text')],
    ['has no name', () => writeLayout(['file', 'content'])],
  ])('that %s is refused by its path', async (_what, write) => {
    write();
    if (_what === 'has no name') execFileSync('tar', ['-cf', path('a.tar'), '-C', layout, '.']);
    await expect(readArchive(path('a.tar'))).rejects.toThrow(/a\.tar is no OCI archive: /);
  });
});
