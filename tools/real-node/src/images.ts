/** Images that the node itself needs; each is made here and never pulled. */
export const IMAGES = {
  pause: 'localhost/sympozium/pause:1',
  coredns: 'localhost/sympozium/coredns:1',
  envoy: 'localhost/sympozium/envoy:1',
  envoyGateway: 'localhost/sympozium/envoy-gateway:1',
} as const;

export type NodeImage = keyof typeof IMAGES;

/** File name of an image’s archive. */
export const archiveOf = (image: NodeImage): string => `${image}.tar`;
