import { SympoziumError } from '@sympozium/api';
import { isNotFound, type KubeClient } from '@sympozium/kube';
import { SECRET, type Secret } from '@sympozium/plugin-sdk/manifests';
import { chooseKey, readKeys } from './api-keys.js';
import { serverAddress, type ServerAddress } from './server-address.js';
import { WEB_ENDPOINT, type Serving } from './serving-state.js';

/** Everything that a caller of an instance needs. */
export interface Endpoint extends ServerAddress {
  readonly instance: string;
  readonly apiKey: string;
  readonly apiKeySecretName: string;
  /** The instance's name, where its server speaks OpenAI's chat completions. */
  readonly model?: string;
}

export interface EndpointChoice {
  /** Entry of the key Secret. */
  readonly key?: string | undefined;
  /** Milliseconds since 1970. */
  readonly now: number;
}

/** Address and API key of a served instance. */
export async function findEndpoint(client: KubeClient, serving: Serving, choice: EndpointChoice): Promise<Endpoint> {
  const secret = await keySecret(client, serving);
  const { name } = secret.metadata;
  const { instance } = serving;
  const key = chooseKey(readKeys(secret), { instance, secret: name, wanted: choice.key, now: choice.now });
  const address = await serverAddress(client, serving);
  return {
    ...address,
    instance: instance.metadata.name,
    apiKey: key.secret,
    apiKeySecretName: name,
    ...(speaksChat(serving) && { model: instance.metadata.name }),
  };
}

const speaksChat = ({ instance, run }: Serving): boolean =>
  [instance, run].some(({ spec }) => spec.skills?.some(({ skillPackRef }) => skillPackRef.name === WEB_ENDPOINT));

/** The Secret with the API keys of an instance's server. */
export async function keySecret(client: KubeClient, { instance, run }: Serving): Promise<Secret> {
  const { name: instanceName, namespace = 'default' } = instance.metadata;
  const name = run.status.endpoint?.apiKeySecretName;
  if (name === undefined)
    throw new SympoziumError('KEY_NOT_FOUND', `the server of instance ${instanceName} has no API keys.`);
  try {
    return await client.get(SECRET, { namespace, name });
  } catch (error) {
    if (!isNotFound(error)) throw error;
    const what = `the Secret ${name} with the API keys of instance ${instanceName} is not there`;
    throw new SympoziumError('KEY_NOT_FOUND', `${what}. Try again in a moment, or create it if it is your own.`, {
      cause: error,
    });
  }
}
