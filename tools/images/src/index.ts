export { readArchive, unpackArchive, type ArchivedImage, type ImageConfig, type Layer } from './archive.js';
export { buildImages, type BuildOptions, type BuiltImage } from './build-images.js';
export { buildSupported, type Machine } from './build-supported.js';
export type { App } from './workspace.js';
