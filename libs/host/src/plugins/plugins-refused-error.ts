import type { SympoziumError } from '@sympozium/api';

/** Plugins that may not run, with every reason: one `SympoziumError` a problem. */
export class PluginsRefusedError extends AggregateError {
  override readonly name = 'PluginsRefusedError';
  declare readonly errors: SympoziumError[];

  constructor(problems: readonly SympoziumError[]) {
    super(problems, problems.map(({ code, message }) => `${code}: ${message}`).join('\n'));
  }
}
