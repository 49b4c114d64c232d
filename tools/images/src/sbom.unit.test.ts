import { Spec, Validation } from '@cyclonedx/cyclonedx-library';
import { describe, expect, it } from 'vitest';
import { bundledPackages, readMetafile } from './bundle.js';
import { sbom, type Contents } from './sbom.js';
import { packageJson } from './workspace.js';

interface Bom {
  readonly serialNumber: string;
  readonly metadata: { readonly component: { readonly name: string; readonly version: string } };
  readonly components: readonly { name: string; version: string; purl: string; licenses?: unknown; hashes?: unknown }[];
  readonly dependencies: readonly { readonly ref: string; readonly dependsOn?: readonly string[] }[];
}

const contents = (app: 'operator' | 'web-proxy' | 'agent-runner'): Contents => ({
  reference: `docker.io/sympozium/${app}:0.1.0`,
  digest: `sha256:${'a'.repeat(64)}`,
  app,
  bundled: bundledPackages(readMetafile(app)),
  nodeVersion: '24.21.0',
  base: [{ name: 'libstdc++6', version: '12.2.0-14+deb12u1', architecture: 'amd64' }],
});

const of = (app: 'operator' | 'web-proxy' | 'agent-runner'): Bom => JSON.parse(sbom(contents(app))) as Bom;

describe.each(['operator', 'web-proxy', 'agent-runner'] as const)('the SBOM of %s', (app) => {
  it('is valid CycloneDX 1.6', async () => {
    const problems = await new Validation.JsonStrictValidator(Spec.Version.v1dot6).validate(sbom(contents(app)));
    expect(problems).toBeNull();
  });

  it('is the same for the same image', () => expect(sbom(contents(app))).toBe(sbom(contents(app))));

  it('names the app, its runtime and its base exactly', () => {
    const { metadata, components, dependencies } = of(app);
    expect(metadata.component).toMatchObject({ name: `docker.io/sympozium/${app}`, version: '0.1.0' });
    const purls = components.map(({ purl }) => purl);
    const below = ['pkg:generic/node@24.21.0', 'pkg:deb/debian/libstdc%2B%2B6@12.2.0-14%2Bdeb12u1?arch=amd64'];
    expect(purls).toEqual(expect.arrayContaining([`pkg:npm/%40sympozium/${app}@0.1.0`, ...below]));
    const image = dependencies.find(({ ref }) => ref === `docker.io/sympozium/${app}:0.1.0`);
    expect(image?.dependsOn).toEqual(expect.arrayContaining([`apps/${app}`, 'node@24.21.0']));
  });

  it('names nothing that only develops it', () => {
    const names = of(app).components.map(({ name }) => name);
    for (const tool of ['vitest', 'esbuild', 'typescript', 'nx', 'eslint', 'fast-check', 'prettier', 'node'])
      expect(names.filter((name) => name === tool)).toHaveLength(tool === 'node' ? 1 : 0);
  });
});

describe('an SBOM', () => {
  it.each(['fastify', 'pino', 'zod', '@fastify/error'])('names %s as it is installed', (name) => {
    const { version, license } = packageJson(`node_modules/${name}`);
    const purl = `pkg:npm/${name.replace('@', '%40')}@${version}`;
    const found = of('web-proxy').components.filter((component) => component.purl === purl);
    const hashes = [{ alg: 'SHA-512', content: expect.stringMatching(/^[0-9a-f]{128}$/) as string }];
    expect(found).toEqual([expect.objectContaining({ version, licenses: [{ license: { id: license } }], hashes })]);
  });

  it('tells which package brings which', () => {
    const fastify = of('web-proxy').dependencies.find(({ ref }) => ref === 'node_modules/fastify');
    expect(fastify?.dependsOn).toContain('node_modules/avvio');
  });

  it('tells expressions and names of licences apart', () => {
    const bundled = ['MIT OR CC0-1.0', 'Custom', 'MIT'].map((license, index) => ({
      name: `package-${index}`,
      version: '1.0.0',
      license,
      folder: `node_modules/package-${index}`,
      imports: [],
    }));
    const { components } = JSON.parse(sbom({ ...contents('operator'), bundled, base: [] }, () => undefined)) as Bom;
    expect(components.flatMap(({ licenses = [] }) => licenses)).toEqual([
      { expression: 'MIT OR CC0-1.0' },
      { license: { name: 'Custom' } },
      { license: { id: 'MIT' } },
    ]);
  });

  it('of another image has another serial number', () => {
    const other = { ...contents('operator'), digest: `sha256:${'b'.repeat(64)}` };
    expect((JSON.parse(sbom(other)) as Bom).serialNumber).not.toBe(of('operator').serialNumber);
  });
});
