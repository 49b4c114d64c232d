import { SympoziumError } from '@sympozium/api';
import type { Provider } from './provider.js';

/** Each provider is loaded only by a run that uses it. */
const PROVIDERS: Readonly<Record<string, () => Promise<Provider>>> = {
  echo: async () => (await import('./echo.js')).echo,
  openai: async () => (await import('./openai.js')).openai,
};

export function loadProvider(name: string): Promise<Provider> {
  const load = Object.hasOwn(PROVIDERS, name) ? PROVIDERS[name] : undefined;
  if (load) return load();
  const known = Object.keys(PROVIDERS).join(' or ');
  throw new SympoziumError(
    'AgentFailed',
    `there is no provider "${name}"; set the instance's model.provider to ${known}`,
  );
}
