import type { Strategy } from '../../resources/resource.js';
import { fieldsOf, fillEmpty, textOf } from './access.js';
import { validateConfigMap, validateConfigMapUpdate } from './config-map-rules.js';
import { validateSecret, validateSecretUpdate } from './secret-rules.js';

export const configMapStrategy: Strategy = {
  allowUnconditionalUpdate: true,
  changesFirst: true,
  hasGeneration: false,
  validate: validateConfigMap,
  validateUpdate: validateConfigMapUpdate,
};

export const secretStrategy: Strategy = {
  allowUnconditionalUpdate: true,
  changesFirst: true,
  hasGeneration: false,
  default(secret) {
    fillEmpty(secret, { type: 'Opaque' });
    mergeStringData(secret);
  },
  validate: validateSecret,
  validateUpdate: validateSecretUpdate,
  selectableFields: (secret) => ({ type: textOf(secret['type']) }),
};

export const serviceAccountStrategy: Strategy = {
  allowUnconditionalUpdate: true,
  returnsDeletedObject: true,
  hasGeneration: false,
};

/** `stringData` is for writing alone: it becomes part of `data`. */
function mergeStringData(secret: Record<string, unknown>): void {
  const texts = Object.entries(fieldsOf(secret['stringData']));
  delete secret['stringData'];
  if (texts.length === 0) return;
  const data = Object.fromEntries(texts.map(([key, text]) => [key, Buffer.from(textOf(text)).toString('base64')]));
  secret['data'] = { ...fieldsOf(secret['data']), ...data };
}
