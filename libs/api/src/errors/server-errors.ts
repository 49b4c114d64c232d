import { row, type ErrorRow } from './error-row.js';

/** Why a server does not serve, or not as it should. None of them ends it: it goes on when the cause ends. */
export const SERVER_ERRORS = {
  NoServerSidecar: row({
    surface: ['condition'],
    meaning: 'A server run has no skill whose SkillPack has a sidecar with requiresServer.',
    action: 'Add such a skill, web-endpoint for example, to the run or its instance.',
  }),
  ServerSidecarAmbiguous: row({
    surface: ['condition'],
    meaning: 'More than one of the run’s skills brings a server.',
    action: 'Keep one of the skills that the message names.',
  }),
  ServerUnavailable: row({
    surface: ['condition', 'cli'],
    meaning: 'The server’s Deployment is not available as it should be.',
    action: 'Read the message, and `kubectl describe` the Deployment and its Pods.',
  }),
  NoReadyEndpoint: row({
    surface: ['condition'],
    meaning: 'No Pod behind the server’s Service is ready.',
    action: 'See why the Pods’ readiness probe fails: `kubectl describe` and `kubectl logs` tell.',
  }),
  CrashLoopBackOff: row({
    surface: ['condition'],
    meaning: 'A container that should live ends again and again.',
    action: 'Read its log with `kubectl logs --previous`; correct the SkillPack’s sidecar.',
  }),
  KeySecretNotFound: row({
    surface: ['condition', 'cli'],
    meaning: 'The Secret that spec.endpoint.authSecretRef names cannot be mounted.',
    action: 'Create the Secret with one entry for each API key, or remove authSecretRef.',
  }),
  KeyReplaced: row({
    surface: ['condition'],
    meaning: 'The Secret with the API key was lost or unusable, and has a new key now.',
    action: 'Give the callers the new key: `sympozium endpoint INSTANCE`.',
  }),
  GatewayApiMissing: row({
    surface: ['condition'],
    meaning: 'The cluster does not serve gateway.networking.k8s.io/v1 HTTPRoutes, so there is no route.',
    action: 'Install the Gateway API and a gateway; the route follows by itself. Or call the Service.',
  }),
  GatewayNotConfigured: row({
    surface: ['condition'],
    meaning: 'Neither the instance nor the operator names a Gateway, so there is no route.',
    action: 'Set spec.endpoint.gateway of the instance, or gateway in the gateway plugin’s config.',
  }),
  HostnameMissing: row({
    surface: ['condition'],
    meaning: 'There is no host name for the route, so there is no route.',
    action: 'Set spec.endpoint.hostname of the instance, or baseDomain in the gateway plugin’s config.',
  }),
  HostnameConflict: row({
    surface: ['condition'],
    meaning: 'Another route of the Gateway has the host name already.',
    action: 'Choose another spec.endpoint.hostname, or delete the other route.',
  }),
  ListenerMissing: row({
    surface: ['condition'],
    meaning: 'The Gateway has no listener for the route.',
    action: 'Correct sectionName or the host name, or add a listener to the Gateway.',
  }),
  RouteRefused: row({
    surface: ['condition'],
    meaning: 'The Gateway’s controller refused the route.',
    action: 'Read the message; it is the controller’s own.',
  }),
  Drained: row({
    surface: ['condition'],
    meaning: 'The operator was uninstalled, and has taken the server down.',
    action: 'Install the operator again, and it serves again.',
  }),
} as const satisfies Record<string, ErrorRow>;
