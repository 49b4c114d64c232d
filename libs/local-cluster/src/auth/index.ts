export { AuditLogFile, type AuditLogFileOptions } from './audit/audit-log-file.js';
export { RbacAuthorizer } from './rbac/rbac-authorizer.js';
export { StaticTokens } from './static-tokens.js';
