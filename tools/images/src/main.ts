import { relative } from 'node:path';
import { buildImages, type BuiltImage } from './build-images.js';
import { buildSupported } from './build-supported.js';
import { HELP, readOptions, type Options } from './options.js';

const MB = 1_000_000;

try {
  const options = readOptions(process.argv.slice(2));
  if (options === undefined) process.stdout.write(HELP);
  else await build(options);
} catch (error) {
  refuse((error as Error).message);
}

async function build(options: Options): Promise<void> {
  const problem = buildSupported(options);
  if (problem !== undefined) refuse(problem);
  else for (const image of await buildImages({ ...options, onProgress: console.error })) console.log(line(image));
}

function line({ reference, archive, layers }: BuiltImage): string {
  const sizes = layers.map(({ bytes }) => `${(bytes / MB).toFixed(1)} MB`);
  return `${relative('', archive)}: ${reference}, ${sizes.join(' + ')} above its base`;
}

function refuse(why: string): void {
  console.error(`images: ${why}`);
  process.exitCode = 2;
}
