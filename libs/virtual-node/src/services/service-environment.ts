import { hasClusterIP, isApiServer, type Service, type ServicePort } from './service.js';

/**
 * The variables that announce Services to a container, as the kubelet makes them:
 * https://kubernetes.io/docs/tutorials/services/connect-applications-service/#environment-variables
 */
export function serviceVariables(services: readonly Service[]): Map<string, string> {
  const announced = services.filter((service) => hasClusterIP(service) && !isApiServer(service));
  return new Map(announced.flatMap((service) => [...addressVariables(service), ...linkVariables(service)]));
}

function addressVariables({ metadata, spec }: Service): [string, string][] {
  const name = variableName(metadata.name);
  const ports = spec?.ports ?? [];
  const [first] = ports;
  return [
    [`${name}_SERVICE_HOST`, spec?.clusterIP ?? ''],
    ...(first ? [[`${name}_SERVICE_PORT`, String(first.port)] satisfies [string, string]] : []),
    ...ports.flatMap((port): [string, string][] =>
      port.name ? [[`${name}_SERVICE_PORT_${variableName(port.name)}`, String(port.port)]] : [],
    ),
  ];
}

/** The names that Docker once gave to links. */
function linkVariables({ metadata, spec }: Service): [string, string][] {
  const name = variableName(metadata.name);
  const host = spec?.clusterIP ?? '';
  return (spec?.ports ?? []).flatMap((each, index): [string, string][] => {
    const { port, protocol = 'TCP' } = each;
    const url = `${protocol.toLowerCase()}://${host}:${port}`;
    const prefix = linkPrefix(name, each);
    return [
      ...(index === 0 ? [[`${name}_PORT`, url] satisfies [string, string]] : []),
      [prefix, url],
      [`${prefix}_PROTO`, protocol.toLowerCase()],
      [`${prefix}_PORT`, String(port)],
      [`${prefix}_ADDR`, host],
    ];
  });
}

const linkPrefix = (name: string, { port, protocol = 'TCP' }: ServicePort): string =>
  `${name}_PORT_${port}_${protocol.toUpperCase()}`;

const variableName = (name: string): string => name.toUpperCase().replaceAll('-', '_');
