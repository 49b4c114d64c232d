import { expect, it } from 'vitest';
import { service } from '../testing/service-objects.js';
import { serviceVariables } from './service-environment.js';

it('announces a Service as the kubelet does', () => {
  const ports = [
    { name: 'http-api', port: 80 },
    { name: 'dns', port: 53, protocol: 'UDP' },
  ];
  const variables = serviceVariables([service('my-db', { clusterIP: '127.96.0.9', ports })]);
  expect(Object.fromEntries(variables)).toEqual({
    MY_DB_SERVICE_HOST: '127.96.0.9',
    MY_DB_SERVICE_PORT: '80',
    MY_DB_SERVICE_PORT_HTTP_API: '80',
    MY_DB_SERVICE_PORT_DNS: '53',
    MY_DB_PORT: 'tcp://127.96.0.9:80',
    MY_DB_PORT_80_TCP: 'tcp://127.96.0.9:80',
    MY_DB_PORT_80_TCP_PROTO: 'tcp',
    MY_DB_PORT_80_TCP_PORT: '80',
    MY_DB_PORT_80_TCP_ADDR: '127.96.0.9',
    MY_DB_PORT_53_UDP: 'udp://127.96.0.9:53',
    MY_DB_PORT_53_UDP_PROTO: 'udp',
    MY_DB_PORT_53_UDP_PORT: '53',
    MY_DB_PORT_53_UDP_ADDR: '127.96.0.9',
  });
});

it('announces none that has no address, and not the API server, which is announced by its own', () => {
  const ports = [{ port: 80 }];
  expect(
    serviceVariables([
      service('headless', { clusterIP: 'None', ports }),
      service('name', { type: 'ExternalName', ports }),
      service('pending', { ports }),
      service('kubernetes', { clusterIP: '127.96.0.1', ports }),
    ]).size,
  ).toBe(0);
});
