import { failure, type Failure, type SidecarSpec } from '@sympozium/api';
import type { ResolvedSkill } from '@sympozium/plugin-sdk';

/** The one server among the skills: the run's own come first, its instance's count where it has none. */
export function chooseSidecar(skills: readonly ResolvedSkill[]): SidecarSpec | Failure {
  const servers = skills.filter(({ sidecar }) => sidecar?.requiresServer === true);
  const own = servers.filter(({ from }) => from === 'run');
  const [first, ...others] = own.length > 0 ? own : servers;
  if (!first?.sidecar) return failure('NoServerSidecar');
  if (others.length === 0) return first.sidecar;
  return failure('ServerSidecarAmbiguous', [first, ...others].map(({ pack }) => pack).join(', '));
}

export const isFailure = (chosen: SidecarSpec | Failure): chosen is Failure => 'reason' in chosen;
