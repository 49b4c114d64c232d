import { randomBytes } from 'node:crypto';

/** The only source of chance. */
export interface Random {
  /** A float in [0, 1). */
  float(): number;
  /** So many bytes fit for keys. */
  bytes(length: number): Uint8Array;
}

export const systemRandom: Random = {
  float: () => Math.random(),
  bytes: (length) => randomBytes(length),
};
