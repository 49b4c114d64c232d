import type { SympoziumInstance } from '@sympozium/api';
import type { FastifyInstance } from 'fastify';
import { HttpError } from '../openai/errors.js';
import type { Catalogue } from '../runs/catalogue.js';

const model = ({ metadata }: SympoziumInstance) => ({
  id: metadata.name,
  object: 'model',
  created: Math.floor(Date.parse(metadata.creationTimestamp ?? '1970-01-01T00:00:00Z') / 1000),
  owned_by: 'sympozium',
});

/** `GET /v1/models` and `GET /v1/models/{id}`: the instances that the key may call. */
export async function modelRoutes(app: FastifyInstance, { catalogue }: { catalogue: Catalogue }): Promise<void> {
  app.get('/models', async ({ caller }) => ({ object: 'list', data: catalogue.list(caller).map(model) }));

  app.get<{ Params: { id: string } }>('/models/:id', async ({ caller, params }) => {
    const instance = catalogue.find(caller, params.id);
    if (!instance) throw modelNotFound(params.id);
    return model(instance);
  });
}

/** The same whether the model does not exist or is not the key's to call. */
export const modelNotFound = (id: string): HttpError =>
  new HttpError(
    'model_not_found',
    `The model ${JSON.stringify(id.slice(0, 100))} does not exist, or this key may not call it. GET /v1/models lists those it may.`,
    { param: 'model' },
  );
