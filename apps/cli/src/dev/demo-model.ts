import { SympoziumError, type SympoziumInstance } from '@sympozium/api';

/** What answers for the demo instance. */
export interface DemoModel {
  readonly spec: SympoziumInstance['spec']['model'];
  /** The provider's key, for a Secret. */
  readonly apiKey?: string;
}

export interface ModelChoice {
  readonly modelBaseUrl?: string;
  readonly model?: string;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** Where a provider's key is kept. */
export const MODEL_SECRET = { name: 'demo-model', key: 'api-key' } as const;

interface Provider {
  readonly variable: string;
  readonly baseURL: string;
  readonly model: string;
}

/** Both speak OpenAI's chat completions; Anthropic's: https://docs.anthropic.com/en/api/openai-sdk. */
const PROVIDERS: readonly Provider[] = [
  { variable: 'OPENAI_API_KEY', baseURL: 'https://api.openai.com/v1', model: 'gpt-5-mini' },
  { variable: 'ANTHROPIC_API_KEY', baseURL: 'https://api.anthropic.com/v1', model: 'claude-haiku-4-5' },
];

const ASK_WITHIN_MS = 5_000;

/**
 * The model that flags or a key in the environment name, the flags first; undefined: the built-in echo provider.
 * `--model-base-url` without `--model` takes the first that the server there offers.
 */
export async function chooseModel(
  { modelBaseUrl, model }: ModelChoice,
  environment: Environment,
  fetchJson: typeof fetch = fetch,
): Promise<DemoModel | undefined> {
  if (modelBaseUrl !== undefined) {
    const baseURL = parseAddress(modelBaseUrl);
    const apiKey = environment['OPENAI_API_KEY'];
    const name = model ?? (await firstModel(baseURL, apiKey, fetchJson));
    return { spec: { provider: 'openai', name, baseURL }, ...(apiKey && { apiKey }) };
  }
  const provider = PROVIDERS.find(({ variable }) => environment[variable]);
  if (provider) {
    const { variable, baseURL } = provider;
    const spec = { provider: 'openai', name: model ?? provider.model, baseURL };
    return { spec, apiKey: environment[variable] ?? '' };
  }
  if (model === undefined) return undefined;
  throw new SympoziumError(
    'USAGE',
    `--model ${model} needs a provider: set OPENAI_API_KEY or ANTHROPIC_API_KEY, or name one with --model-base-url.`,
  );
}

/** What a user reads of the model that answers. */
export function describeModel({ provider, name, baseURL }: DemoModel['spec']): string {
  if (provider !== 'echo') return `the demo’s model is ${name}${baseURL === undefined ? '' : ` at ${baseURL}`}`;
  const variables = PROVIDERS.map(({ variable }) => variable).join(', ');
  return `no ${variables} or --model-base-url: the demo uses the built-in echo provider, which says what it hears`;
}

function parseAddress(text: string): string {
  if (URL.canParse(text) && /^https?:/.test(text)) return text.replace(/\/+$/, '');
  throw new SympoziumError(
    'USAGE',
    `--model-base-url wants an address such as http://127.0.0.1:11434/v1, not ${JSON.stringify(text)}.`,
  );
}

async function firstModel(baseURL: string, apiKey: string | undefined, fetchJson: typeof fetch): Promise<string> {
  const headers = apiKey === undefined ? {} : { authorization: `Bearer ${apiKey}` };
  const problem = (text: string, cause?: unknown): SympoziumError =>
    new SympoziumError(
      'SETTING_INVALID',
      `${baseURL}/models ${text}. Is the model server running? Name its address with --model-base-url, a model with --model.`,
      { cause },
    );
  let response: Response;
  try {
    response = await fetchJson(`${baseURL}/models`, { headers, signal: AbortSignal.timeout(ASK_WITHIN_MS) });
  } catch (error) {
    throw problem('cannot be reached', error);
  }
  if (!response.ok) throw problem(`answers ${response.status}`);
  const { data } = (await response.json().catch(() => ({}))) as { data?: readonly { id?: unknown }[] };
  const id = data?.[0]?.id;
  if (typeof id !== 'string') throw problem('names no model');
  return id;
}
