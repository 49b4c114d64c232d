import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { readCrds } from './gateway-files.js';

let folder: string;

beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'gateway-files-'))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

it('takes CRDs alone, and without what Helm would have read of them', () => {
  const crd = 'kind: CustomResourceDefinition\nmetadata:\n  name: gateways\n';
  writeFileSync(join(folder, 'a.yaml'), `{{- if .Values.crds.enabled }}\n---\n${crd}{{- end }}\n`);
  writeFileSync(join(folder, 'b.yaml'), 'kind: ValidatingAdmissionPolicy\nmetadata:\n  name: safe-upgrades\n');
  expect(readCrds(folder)).toEqual([{ kind: 'CustomResourceDefinition', metadata: { name: 'gateways' } }]);
});
