import { createServer, type AddressInfo } from 'node:net';
import { expect, it } from 'vitest';
import { requireFreePort } from './local-port.js';

it('refuses a port that somebody listens on, and takes it when it is free again', async () => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await expect(requireFreePort(port)).rejects.toMatchObject({
    code: 'PORT_IN_USE',
    message: expect.stringContaining(`port ${port} is in use`),
  });
  await new Promise((resolve) => server.close(resolve));
  await expect(requireFreePort(port)).resolves.toBeUndefined();
});
