import type { ApiAnswer, ApiCall } from '../api-call.js';
import { MERGE_PATCH, patch, post, put, service, SERVICES } from '../calls.js';
import type { Sequence } from '../sequence.js';

const SERVICE = `${SERVICES}/s`;
/** Of the range, and nobody's: whoever asks for it is refused. */
const OTHER = '127.96.77.77';
/** Stands for the address that the Service has. */
const OWN = '{address}';

const addressOf = (answer: ApiAnswer | undefined): string =>
  (answer?.body as { spec: { clusterIP: string } }).spec.clusterIP;

/** Each part of a specification that names addresses or families. */
const WISHES: readonly object[] = [
  {},
  { clusterIP: OTHER },
  { clusterIP: 'None' },
  { clusterIP: 'bad' },
  { clusterIP: '', clusterIPs: [] },
  { clusterIP: null, clusterIPs: null },
  { clusterIPs: [OTHER] },
  { clusterIP: OWN, clusterIPs: [OTHER] },
  { clusterIP: OTHER, clusterIPs: [OWN] },
  { clusterIP: OTHER, clusterIPs: [OTHER] },
  { clusterIP: OWN, clusterIPs: [OWN, OTHER] },
  { clusterIP: OWN, clusterIPs: [OWN, 'fd00::1'] },
  { clusterIP: OWN, clusterIPs: [OWN, 'fd00::1'], ipFamilyPolicy: 'RequireDualStack' },
  { clusterIP: OWN, clusterIPs: [OWN, 'fd00::1'], ipFamilies: ['IPv4', 'IPv6'] },
  { ipFamilies: ['IPv6'] },
  { ipFamilies: ['IPv4', 'IPv6'] },
  { ipFamilies: ['IPv4', 'IPv6'], ipFamilyPolicy: 'PreferDualStack' },
  { ipFamilies: ['IPv4', 'IPv6'], ipFamilyPolicy: 'RequireDualStack' },
  { ipFamilyPolicy: 'PreferDualStack' },
  { ipFamilyPolicy: 'RequireDualStack', ports: [] },
  { type: 'ExternalName', externalName: 'example.com', clusterIP: null },
];

/** A Service gets an address, and is asked for another. */
const asked = (how: (spec: object) => ApiCall, spec: object): Sequence['steps'] => [
  post(SERVICES, service('s')),
  ([answer]) => JSON.parse(JSON.stringify(how(spec)).replaceAll(OWN, addressOf(answer))) as ApiCall,
];

/** What a new Service may wish for without naming an address of the range, which is but once. */
const isNew = (spec: object): boolean => !JSON.stringify(spec).includes(OWN) && !JSON.stringify(spec).includes(OTHER);

/** Addresses and IP families of Services. */
export const addressing: readonly Sequence[] = WISHES.flatMap((spec) => {
  const name = JSON.stringify(spec);
  return [
    { name: `PUT of ${name}`, steps: asked((wish) => put(SERVICE, service('s', wish)), spec) },
    { name: `patch of ${name}`, steps: asked((wish) => patch(SERVICE, MERGE_PATCH, { spec: wish }), spec) },
    ...(isNew(spec)
      ? [
          { name: `new Service of ${name}`, steps: [post(SERVICES, service('s', spec))] },
          {
            name: `new headless Service of ${name}`,
            steps: [post(SERVICES, service('s', { ...spec, clusterIP: 'None', selector: null }))],
          },
        ]
      : []),
  ];
});
