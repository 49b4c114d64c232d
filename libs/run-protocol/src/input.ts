import type { Generation, JsonObject, Message, ModelSpec, Tool, ToolChoice } from '@sympozium/api';

/** The JSON file that `SYMPOZIUM_INPUT` names: everything an agent is told. */
export interface RunInput {
  readonly v: number;
  readonly run: { readonly name: string; readonly namespace: string; readonly uid: string; readonly instance: string };
  /** Resolved: the run's model name over the instance's. No key: that is `SYMPOZIUM_MODEL_KEY`. */
  readonly model: Omit<ModelSpec, 'authSecretRef' | 'caBundleRef'>;
  readonly systemPrompt?: string;
  /** The whole conversation; a run's `task` is one user message. */
  readonly messages: readonly Message[];
  readonly generation?: Generation;
  readonly tools?: readonly Tool[];
  readonly toolChoice?: ToolChoice;
  readonly skills?: readonly { readonly name: string; readonly description: string; readonly content: string }[];
  readonly params?: JsonObject;
}
