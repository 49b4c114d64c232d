import { DEFINITIONS, GROUP } from '@sympozium/api';
import { crdYaml } from './crd.js';

/** Every generated file: its path from the root of the workspace, and its text. */
export function generatedFiles(): ReadonlyMap<string, string> {
  return new Map(
    DEFINITIONS.map((definition) => [
      `charts/sympozium-crds/crds/${GROUP}_${definition.kind.plural}.yaml`,
      crdYaml(definition),
    ]),
  );
}
