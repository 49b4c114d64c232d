import { SympoziumError } from '@sympozium/api';
import { devKube } from './dev-kube.js';

try {
  process.exitCode = await devKube(process.argv.slice(2));
} catch (error) {
  process.stderr.write(`dev:kube: ${(error as Error).message}\n`);
  process.exitCode = error instanceof SympoziumError && error.code === 'SETTING_INVALID' ? 2 : 1;
}
