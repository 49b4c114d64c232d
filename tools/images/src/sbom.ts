import { Enums, Models, Serialize, Spec, SPDX } from '@cyclonedx/cyclonedx-library';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { BasePackage } from './base-packages.js';
import type { BundledPackage } from './bundle.js';
import { workspaceFile } from './workspace.js';

/** Everything in an image. */
export interface Contents {
  /** The image's reference and the digest of its manifest. */
  readonly reference: string;
  readonly digest: string;
  /** The app itself, one of `bundled`. */
  readonly app: string;
  readonly bundled: readonly BundledPackage[];
  readonly nodeVersion: string | undefined;
  readonly base: readonly BasePackage[];
}

type Integrity = (folder: string) => string | undefined;

const { Component } = Models;
type Component = Models.Component;

/** A CycloneDX 1.6 document of an image: the same image gives the same document, byte for byte. */
export function sbom(contents: Contents, integrity: Integrity = lockedIntegrity()): string {
  const { app, bundled, nodeVersion, base } = contents;
  const image = containerOf(contents);
  const packages = new Map(bundled.map((found) => [found.folder, npmPackage(found, integrity)]));
  for (const { folder, imports } of bundled)
    for (const other of imports) link(packages.get(folder), packages.get(other));
  const below = [...(nodeVersion === undefined ? [] : [node(nodeVersion)]), ...base.map(debianPackage)];
  for (const component of [packages.get(`apps/${app}`), ...below]) link(image, component);

  const bom = new Models.Bom({ serialNumber: serialNumber(contents.digest) });
  bom.metadata.component = image;
  for (const component of [...packages.values(), ...below]) bom.components.add(component);
  const normalize = new Serialize.JSON.Normalize.Factory(Spec.Spec1dot6);
  return `${new Serialize.JsonSerializer(normalize).serialize(bom, { sortLists: true, space: 2 })}\n`;
}

function containerOf({ reference, digest }: Contents): Component {
  const [, name = reference, version] = /^(.*):([^:/]+)$/.exec(reference) ?? [];
  return new Component(Enums.ComponentType.Container, name, {
    bomRef: reference,
    ...(version !== undefined && { version }),
    purl: `pkg:oci/${name.slice(name.lastIndexOf('/') + 1)}@${encodeURIComponent(digest)}`,
  });
}

function link(from: Component | undefined, to: Component | undefined): void {
  if (from && to) from.dependencies.add(to.bomRef);
}

function npmPackage({ name, version, license, folder }: BundledPackage, integrity: Integrity): Component {
  const [, scope, plain = name] = /^(@[^/]+)\/(.+)$/.exec(name) ?? [];
  const hash = /^sha512-(.+)$/.exec(integrity(folder) ?? '')?.[1];
  const component = new Component(Enums.ComponentType.Library, plain, {
    ...(scope !== undefined && { group: scope }),
    version,
    bomRef: folder,
    purl: `pkg:npm/${scope === undefined ? '' : `${encodeURIComponent(scope)}/`}${plain}@${encodeURIComponent(version)}`,
  });
  if (hash !== undefined) component.hashes.set(Enums.HashAlgorithm['SHA-512'], hex(hash));
  if (typeof license === 'string' && license !== '') component.licenses.add(licenseOf(license));
  return component;
}

function licenseOf(text: string): Models.License {
  if (SPDX.isSupportedSpdxId(text)) return new Models.SpdxLicense(text);
  return / (OR|AND|WITH) /.test(text) ? new Models.LicenseExpression(text) : new Models.NamedLicense(text);
}

const node = (version: string): Component =>
  new Component(Enums.ComponentType.Platform, 'node', {
    version,
    bomRef: `node@${version}`,
    purl: `pkg:generic/node@${version}`,
  });

function debianPackage({ name, version, architecture }: BasePackage): Component {
  const purl = `pkg:deb/debian/${encodeURIComponent(name)}@${encodeURIComponent(version)}?arch=${architecture}`;
  return new Component(Enums.ComponentType.Library, name, { version, bomRef: purl, purl });
}

const hex = (base64: string): string => Buffer.from(base64, 'base64').toString('hex');

/** A UUID of the kind that its maker may define (8), from a digest. */
function serialNumber(digest: string): string {
  const text = createHash('sha256').update(digest).digest('hex');
  const groups = [text.slice(0, 8), text.slice(8, 12), `8${text.slice(13, 16)}`, `8${text.slice(17, 20)}`];
  return `urn:uuid:${[...groups, text.slice(20, 32)].join('-')}`;
}

/** What package-lock.json says that a package's archive must be. */
function lockedIntegrity(): Integrity {
  const { packages } = JSON.parse(readFileSync(workspaceFile('package-lock.json'), 'utf8')) as {
    packages: Readonly<Record<string, { integrity?: string }>>;
  };
  return (folder) => packages[folder]?.integrity;
}
