import { expect, it } from 'vitest';
import { GATEWAY_VALUES, renderValues } from './gateway-values.js';
import { IMAGES } from './images.js';

it('fills in what a release of the chart would, and nothing else', () => {
  const template = 'image: ${GatewayImage}\npullPolicy: ${GatewayImagePullPolicy}\nother: ${Unknown}\n';
  expect(renderValues(template)).toBe(`image: ${IMAGES.envoyGateway}\npullPolicy: IfNotPresent\nother: \${Unknown}\n`);
});

it('names no image that would have to be pulled', () => {
  expect(JSON.stringify(GATEWAY_VALUES).match(/"image":"([^"]+)"/g)).toEqual([`"image":"${IMAGES.envoyGateway}"`]);
});
