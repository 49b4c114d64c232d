import type { Kind, KubeObject, JsonObject } from '../kinds/kube-object.js';

/** An object as it is sent: its spec need not be valid. */
export type SentObject = KubeObject & { readonly spec: JsonObject };

/**
 * One way to meet a CEL rule: `object` is created, then `status` is merged into the status subresource, then `update`
 * into the object, then `statusUpdate` into the status. Steps that are absent are left out. Every step is accepted,
 * but for the last one of a case with `refusedWith`.
 */
export interface CelCase {
  readonly name: string;
  readonly kind: Kind;
  readonly rule: RulePlace;
  readonly object: SentObject;
  readonly status?: JsonObject;
  readonly update?: JsonObject;
  readonly statusUpdate?: JsonObject;
  /** The message that the user sees. */
  readonly refusedWith?: string;
}

/** Where a rule stands in its kind's schema (`spec.messages[]`, empty for the root), and its message. */
export interface RulePlace {
  readonly at: string;
  readonly message: string;
}

/** What one case sends, where it differs from a valid object. */
interface Probe {
  readonly does: string;
  readonly name?: string;
  readonly spec?: JsonObject;
  readonly status?: JsonObject;
  readonly update?: JsonObject;
  readonly statusUpdate?: JsonObject;
}

/** What a rule lets pass and what it refuses. */
export interface RuleProbes extends RulePlace {
  readonly accepts: readonly Probe[];
  readonly refuses: readonly Probe[];
}

/** The cases of a kind's rules, each with an object of its own name. */
export function celCases(kind: Kind, valid: JsonObject, rules: readonly RuleProbes[]): CelCase[] {
  const probes = rules.flatMap(({ at, message, accepts, refuses }) => [
    ...accepts.map((probe) => ({ probe, rule: { at, message }, refused: false })),
    ...refuses.map((probe) => ({ probe, rule: { at, message }, refused: true })),
  ]);
  return probes.map(({ probe: { does, name, spec, ...steps }, rule, refused }, index) => ({
    name: `${kind.kind}: ${refused ? 'refuses' : 'accepts'} ${does}`,
    kind,
    rule,
    object: {
      apiVersion: kind.apiVersion,
      kind: kind.kind,
      metadata: { name: name ?? `case-${index}` },
      spec: spec ?? valid,
    },
    ...steps,
    ...(refused && { refusedWith: rule.message }),
  }));
}

/** Probes of one field: a value that passes and one that does not. */
export const fieldProbes = (
  rule: RulePlace,
  specWith: (value: string) => JsonObject,
  [good, bad]: readonly [string, string],
): RuleProbes => ({
  ...rule,
  accepts: [{ does: `${rule.at} ${good}`, spec: specWith(good) }],
  refuses: [{ does: `${rule.at} ${bad}`, spec: specWith(bad) }],
});

export const SAYS = {
  name: 'write metadata.name with a-z, 0-9 and -, beginning with a letter and ending with a letter or digit',
  duration: 'write a duration like 10m or 1h30m, of at most 8760h (a year)',
  timeLimit: 'write a duration like 10m or 1h30m, of at most 8760h (a year) and at least 1s',
  label: 'write a-z, 0-9 and -, beginning and ending with a letter or digit',
  url: 'write an address like https://example.com/v1, without user name and password',
  hostname: 'write a host name like agent.example.com',
  env: 'give value or valueFrom, but not both',
} as const;

/** Probes of the list `env` of what stands at a place. */
export const envProbes = (at: string, specWith: (parts: JsonObject) => JsonObject): RuleProbes => {
  const valueFrom = { secretKeyRef: { name: 'settings', key: 'token' } };
  return {
    at: `${at}.env[]`,
    message: SAYS.env,
    accepts: [
      {
        does: `${at}.env with value in one entry and valueFrom in another`,
        spec: specWith({
          env: [
            { name: 'A', value: '1' },
            { name: 'B', valueFrom },
          ],
        }),
      },
    ],
    refuses: [
      {
        does: `${at}.env with value and valueFrom in one entry`,
        spec: specWith({ env: [{ name: 'A', value: '1', valueFrom }] }),
      },
    ],
  };
};
