import type { Random } from '@sympozium/process';
import { badRequest } from '../api-error.js';
import type { ApiObject } from '../api-object.js';

/** Without vowels and look-alikes, so that no name says anything; k8s.io/apimachinery/pkg/util/rand. */
const ALPHABET = 'bcdfghjklmnpqrstvwxz2456789';
const SUFFIX = 5;
const LONGEST_NAME = 63;

export function randomSuffix(random: Random, length = SUFFIX): string {
  return Array.from(random.bytes(length), (byte) => ALPHABET[byte % ALPHABET.length]).join('');
}

/** A name that begins with the prefix. */
export const generatedName = (random: Random, prefix: string): string =>
  `${prefix.slice(0, LONGEST_NAME - SUFFIX)}${randomSuffix(random)}`;

/** Removes what only the server says of an object, in place. */
export function wipeSystemFields({ metadata }: ApiObject): void {
  for (const field of ['uid', 'creationTimestamp', 'deletionTimestamp', 'deletionGracePeriodSeconds'] as const)
    delete metadata[field];
}

/** Sets what only the server says of a new object, in place. */
export function fillSystemFields(object: ApiObject, { uid, now }: { uid: string; now: string }): void {
  wipeSystemFields(object);
  delete object.metadata.resourceVersion;
  object.metadata.uid = uid;
  object.metadata.creationTimestamp = now;
}

/** The object's namespace is the request's, in place; another one is an error. */
export function settleNamespace({ metadata }: ApiObject, namespace: string | undefined): void {
  if (namespace === undefined) return void delete metadata.namespace;
  if (metadata.namespace && metadata.namespace !== namespace)
    throw badRequest('the namespace of the provided object does not match the namespace sent on the request');
  metadata.namespace = namespace;
}

/** What the URL names and what the body names are one; the namespace may be left out. */
export function requireName(object: ApiObject, name: string, namespace: string | undefined): void {
  settleNamespace(object, namespace);
  const given = object.metadata.name;
  if (!given)
    throw badRequest(`the name of the object (${name} based on URL) was undeterminable: name must be provided`);
  if (given !== name)
    throw badRequest(`the name of the object (${given}) does not match the name on the URL (${name})`);
}
