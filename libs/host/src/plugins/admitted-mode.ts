import { token, type Token } from '@sympozium/di';
import type { ModePlanner, ModePlugin } from '@sympozium/plugin-sdk';

/** A mode plugin whose brand, contract and config were checked, with the planner it made from that config. */
export interface AdmittedMode {
  readonly plugin: ModePlugin;
  readonly planner: ModePlanner;
}

/** Every mode plugin, first or third party, is registered under this token; the host takes all of them. */
export const MODE_PLUGIN: Token<AdmittedMode> = token('mode plugin');
