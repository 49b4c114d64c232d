import { expect, it } from 'vitest';
import { workspaceFile } from '../fixture/app-process.js';
import { command } from '../fixture/commands.js';

it('what the embedded API knows of the built-in kinds is what a real API server says', async () => {
  const checked = await command(process.execPath, [
    workspaceFile('tools/kube-schemas/bin/kube-schemas.mjs'),
    '--check',
  ]);
  expect(checked).toMatchObject({ exitCode: 0, stdout: '', stderr: '' });
});
