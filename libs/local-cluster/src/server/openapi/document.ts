import type { Version } from '../discovery.js';
import type { VersionInfo } from '../documents.js';

/** The OpenAPI v3 document of one group and version. */
export function openApiDocument(_group: string, _version: Version, { major, minor }: VersionInfo): object {
  return {
    openapi: '3.0.0',
    info: { title: 'Kubernetes', version: `${major}.${minor}` },
    paths: {},
    components: { schemas: {} },
  };
}
