import { expect, it } from 'vitest';
import { endpointSlice } from '../testing/service-objects.js';
import { processAddress, readyTargets } from './targets.js';

const RANGES = { pods: '10.127', processes: '127.127' };

it('are ready endpoints, each once, with the number that its slice has for the port', () => {
  const slices = [
    endpointSlice('web', { name: 'http', port: 8080 }, { '10.127.0.1': true, '10.127.0.2': false }, 'a'),
    endpointSlice('web', { name: 'http', port: 8080 }, { '10.127.0.1': true }, 'b'),
    endpointSlice('web', { name: 'http', port: 9090 }, { '10.127.0.3': true }, 'c'),
    endpointSlice('web', { name: 'admin', port: 1 }, { '10.127.0.4': true }, 'd'),
    { ...endpointSlice('web', { name: 'http', port: 8080 }, { '10.127.0.5': true }, 'e'), addressType: 'IPv6' },
  ];
  expect(readyTargets(slices, 'http', RANGES)).toEqual([
    { host: '127.127.0.1', port: 8080 },
    { host: '127.127.0.3', port: 9090 },
  ]);
});

it('count an unknown readiness as ready, and take what a slice leaves out', () => {
  const slice = endpointSlice('web', { port: 80 }, {});
  expect(readyTargets([{ ...slice, endpoints: [{ addresses: ['10.127.0.1'] }] }], '', RANGES)).toHaveLength(1);
  expect(readyTargets([{ ...slice, endpoints: null, ports: null }], '', RANGES)).toEqual([]);
});

it('are where processes listen', () => {
  expect(processAddress('10.127.3.4', RANGES)).toBe('127.127.3.4');
  expect(processAddress('10.127.3.4', { pods: '10.127', processes: '127.0.0.1' })).toBe('127.0.0.1');
  expect(processAddress('10.1.27.4', RANGES)).toBe('10.1.27.4');
});
