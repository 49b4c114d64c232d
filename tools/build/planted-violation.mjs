/**
 * Proves that the layer rules bite: plants one forbidden import each and expects eslint to refuse it.
 * A rule that is silently off (no Nx graph, a renamed tag) fails here, not in review.
 */
import { rmSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { createProjectGraphAsync } from '@nx/devkit';
import { ESLint } from 'eslint';

const BOUNDARY = '@nx/enforce-module-boundaries';
const planted = [
  { in: 'libs/api', imports: '@sympozium/kube', rule: BOUNDARY },
  { in: 'libs/api', imports: 'node:fs', rule: 'no-restricted-imports' },
  { in: 'libs/modes/task', imports: '@sympozium/host', rule: BOUNDARY },
  { in: 'libs/kube', imports: 'tsyringe', rule: BOUNDARY },
  { in: 'libs/virtual-node', imports: '@sympozium/host', rule: BOUNDARY },
  { in: 'apps/web-proxy', imports: '@sympozium/host', rule: BOUNDARY },
  { in: 'apps/agent-runner', imports: '@sympozium/host', rule: BOUNDARY },
  { in: 'apps/cli', imports: '@sympozium/operator', rule: BOUNDARY },
];

process.chdir(resolve(import.meta.dirname, '../..'));
await createProjectGraphAsync(); // the boundary rule is skipped without a cached graph
const files = planted.map((p, i) => `${p.in}/src/planted-violation-${i}.ts`);
try {
  planted.forEach((p, i) => writeFileSync(files[i], `import * as planted from '${p.imports}';\nexport { planted };\n`));
  const results = await new ESLint().lintFiles(files);
  const missed = planted.filter((p, i) => {
    const result = results.find((r) => r.filePath.endsWith(files[i]));
    return !result?.messages.some((m) => m.ruleId === p.rule);
  });
  for (const p of missed) console.error(`eslint lets ${p.in} import ${p.imports}: ${p.rule} does not bite`);
  if (missed.length > 0) process.exitCode = 1;
  else console.log(`${planted.length} planted violations, ${planted.length} refused`);
} finally {
  for (const file of files) rmSync(file, { force: true });
}
