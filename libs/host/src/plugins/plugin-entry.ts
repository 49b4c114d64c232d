import { SympoziumError, type JsonObject } from '@sympozium/api';
import { readFile } from 'node:fs/promises';
import { isNode, LineCounter, parseDocument, type Document } from 'yaml';
import { z } from 'zod';

/** What plugins.yaml says about one package. */
export interface PluginEntry {
  readonly package: string;
  readonly enabled: boolean;
  /** Before the plugin's own schema. */
  readonly config?: JsonObject | undefined;
}

/** An npm package's name. It becomes a path, so that nothing else may pass: no `..`, no further folder. */
const PACKAGE_NAME = /^(@[a-z0-9~-][a-z0-9._~-]*\/)?[a-z0-9~-][a-z0-9._~-]*$/;

const entry = z.strictObject({
  package: z.string().max(214).regex(PACKAGE_NAME, 'write the name of an npm package, such as @acme/mode-batch'),
  enabled: z.boolean().default(true),
  config: z.record(z.string(), z.json()).optional(),
});

const pluginsFile = z.strictObject({
  plugins: z.array(entry).superRefine((entries, { addIssue }) => {
    const names = entries.map((one) => one.package);
    for (const [at, name] of names.entries())
      if (names.indexOf(name) !== at)
        addIssue({ code: 'custom', path: [at, 'package'], message: `${name} stands there twice; keep one` });
  }),
});

/** Reads plugins.yaml. Rejects with `SETTING_INVALID` that names every wrong field and its line. */
export async function readPluginEntries(file: string): Promise<readonly PluginEntry[]> {
  const lines = new LineCounter();
  const document = parseDocument(await textOf(file), { lineCounter: lines, prettyErrors: false });
  const broken = document.errors.map(({ pos, message }) => `line ${lines.linePos(pos[0]).line}: ${message}`);
  if (broken.length > 0) throw invalid(file, broken);
  const parsed = pluginsFile.safeParse(document.toJS());
  if (parsed.success) return parsed.data.plugins;
  const line = (path: readonly PropertyKey[]): number => lines.linePos(startOf(document, path)).line;
  const wrong = parsed.error.issues.map(({ path, message }) => `line ${line(path)}: ${title(path)}${message}`);
  throw invalid(file, wrong);
}

async function textOf(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (cause) {
    throw invalid(file, [`it cannot be read: ${cause instanceof Error ? cause.message : String(cause)}`], { cause });
  }
}

const invalid = (file: string, problems: readonly string[], options?: ErrorOptions): SympoziumError =>
  new SympoziumError(
    'SETTING_INVALID',
    `SYMPOZIUM_PLUGINS is ${file}: ${problems.join('; ')}. Write \`plugins:\` with a list of {package, enabled, config}.`,
    options,
  );

const title = (path: readonly PropertyKey[]): string => (path.length === 0 ? '' : `${path.map(String).join('.')}: `);

/** Where a field begins, or the innermost one around it that is there. */
function startOf(document: Document, path: readonly PropertyKey[]): number {
  const node = document.getIn(path, true);
  if (isNode(node) && node.range) return node.range[0];
  return path.length === 0 ? 0 : startOf(document, path.slice(0, -1));
}
