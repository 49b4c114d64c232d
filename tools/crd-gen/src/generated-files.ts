import { DEFINITIONS, GROUP } from '@sympozium/api';
import { apiDocs } from './api-docs.js';
import { crdYaml } from './crd.js';
import { errorDocs } from './error-docs.js';

/** Every generated file: its path from the root of the workspace, and its text. */
export function generatedFiles(): ReadonlyMap<string, string> {
  return new Map([
    ...DEFINITIONS.map(
      (definition) =>
        [`charts/sympozium-crds/templates/${GROUP}_${definition.kind.plural}.yaml`, crdYaml(definition)] as const,
    ),
    ['docs/api.md', apiDocs()],
    ['docs/errors.md', errorDocs()],
  ]);
}
