import { fieldsOf, listOf, type Fields } from './access.js';

const RESOURCES = ['cpu', 'memory'];
const isZero = (quantity: unknown): boolean => /^0+(\.0*)?[a-zA-Z]*$/.test(String(quantity));
const asked = (resources: Fields, of: 'requests' | 'limits'): [string, string][] =>
  Object.entries(fieldsOf(resources[of])).flatMap(([name, value]) =>
    RESOURCES.includes(name) && !isZero(value) ? [[name, String(value)]] : [],
  );

/** A Pod's quality of service by what its containers ask for (pkg/apis/core/helper/qos). */
export function qosClassOf(spec: Fields): 'BestEffort' | 'Burstable' | 'Guaranteed' {
  const own = fieldsOf(spec['resources']);
  const whole = asked(own, 'requests').length + asked(own, 'limits').length > 0;
  const all = whole
    ? [own]
    : [...listOf(spec['containers']), ...listOf(spec['initContainers'])].map(({ resources }) => fieldsOf(resources));
  const requests = all.flatMap((resources) => asked(resources, 'requests'));
  const limits = all.flatMap((resources) => asked(resources, 'limits'));
  if (requests.length === 0 && limits.length === 0) return 'BestEffort';
  return all.every(isGuaranteed) ? 'Guaranteed' : 'Burstable';
}

function isGuaranteed(resources: Fields): boolean {
  const requests = new Map(asked(resources, 'requests'));
  const limits = asked(resources, 'limits');
  return limits.length === RESOURCES.length && limits.every(([name, limit]) => (requests.get(name) ?? limit) === limit);
}
