import { readFileSync } from 'node:fs';
import type { KubeObject } from '@sympozium/api';
import { workspaceFile } from './app-bundles.js';

/** What package.json names as `manifests`. */
interface BundledManifests {
  /** Our kinds. */
  readonly 'charts/sympozium-crds/templates': readonly KubeObject[];
  /** The operator’s namespace and rights. */
  readonly 'config/rbac/operator.yaml': readonly KubeObject[];
}

/** The workspace’s own manifests, as they were when the CLI was bundled (tools/build/bundle-manifests.mjs). */
export const bundledManifests = (): BundledManifests =>
  JSON.parse(readFileSync(workspaceFile('apps/cli/dist/bundle/manifests.json'), 'utf8')) as BundledManifests;
