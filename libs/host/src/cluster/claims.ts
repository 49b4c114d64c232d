import type { Kind, KubeObject } from '@sympozium/api';
import type { OwnedKind } from '@sympozium/plugin-sdk';
import type { Logger } from '@sympozium/process';

/** What objects claim for themselves. */
export type Claims = NonNullable<OwnedKind['claims']>;

/**
 * A plugin's claims, asked once for each object. They are anybody's objects, and one that a plugin cannot understand
 * claims nothing: it must not keep a cache from following all others.
 */
export function guardedClaims(claims: Claims, { kind }: Kind, log: Logger): Claims {
  const answers = new WeakMap<KubeObject, readonly string[]>();
  const ask = (object: KubeObject): readonly string[] => {
    try {
      return [...new Set(claims(object))];
    } catch (err) {
      const { namespace, name } = object.metadata;
      log.warn({ err, kind, namespace, name }, 'a plugin threw when it was asked what an object claims');
      return [];
    }
  };
  return (object) => {
    const answer = answers.get(object) ?? ask(object);
    answers.set(object, answer);
    return answer;
  };
}
