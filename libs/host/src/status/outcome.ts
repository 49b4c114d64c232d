import type { RunResult } from '@sympozium/api';
import type { Observation } from '@sympozium/plugin-sdk';

type Succeeded = Extract<Observation, { state: 'succeeded' }>;

/** An observation whose answer, if there is one, is safely stored. */
export type Outcome =
  | Exclude<Observation, Succeeded>
  | (Omit<Succeeded, 'result'> & { readonly result: RunResult; readonly preview: string });
