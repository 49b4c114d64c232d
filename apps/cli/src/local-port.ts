import { createServer } from 'node:net';
import { SympoziumError } from '@sympozium/api';

/** Throws `PORT_IN_USE` if somebody listens on the loopback port already. */
export async function requireFreePort(port: number): Promise<void> {
  const server = createServer();
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(port, '127.0.0.1', resolve);
    });
  } catch (error) {
    throw portUnavailable(port, error as NodeJS.ErrnoException);
  }
  await new Promise((resolve) => server.close(resolve));
}

/** Why nobody can listen on a port. */
export function portUnavailable(port: number, error: NodeJS.ErrnoException): SympoziumError {
  const inUse = error.code === 'EADDRINUSE';
  return new SympoziumError(
    inUse ? 'PORT_IN_USE' : 'SETTING_INVALID',
    inUse
      ? `port ${port} is in use. Stop the process that listens there, or choose another port with --port (0 takes a free one).`
      : `port ${port} cannot be used (${error.message}). Choose another one with --port.`,
    { cause: error },
  );
}
