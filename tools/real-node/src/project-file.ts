import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Path of a file of this project; its sources, `dist` and what is bundled of it all find it. */
export function projectFile(name: string, from: string = import.meta.dirname): string {
  const path = join(from, name);
  if (existsSync(path)) return path;
  if (dirname(from) === from) throw new Error(`tools/real-node/${name} is missing; the checkout is incomplete`);
  return projectFile(name, dirname(from));
}
