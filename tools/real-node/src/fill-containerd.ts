import { join } from 'node:path';
import type { Containerd } from './containerd.js';
import { archiveOf, type NodeImage } from './images.js';
import type { RealNodeOptions } from './real-node-options.js';
import { START_WITHIN_MS, waitUntil } from './wait.js';

const NODE_IMAGES: readonly NodeImage[] = ['pause', 'coredns'];

/** Waits for containerd, and gives it the images that Pods run from the start. */
export async function fillContainerd(
  containerd: Containerd,
  failed: Promise<never>,
  options: RealNodeOptions,
): Promise<void> {
  const { assets, images = [], signal } = options;
  const wait = { failed, withinMs: START_WITHIN_MS, ...(signal ? { signal } : {}) };
  await waitUntil(() => containerd.isReady(), { what: 'ready: containerd', ...wait });
  const own = NODE_IMAGES.map((image) => join(assets.images, archiveOf(image)));
  for (const archive of [...own, ...images]) await containerd.importImage(archive);
}
