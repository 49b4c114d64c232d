export { AuditLogFile, type AuditLogFileOptions } from './audit/audit-log-file.js';
export { bootstrapRoles } from './bootstrap/bootstrap-roles.js';
export { MASTERS, RbacAuthorizer } from './rbac/rbac-authorizer.js';
export { rbacEscalation } from './rbac/rbac-escalation.js';
export { RoleAggregation } from './rbac/role-aggregation.js';
export { reviewHandlers, type ReviewOptions } from './reviews/review-handlers.js';
export { StaticTokens } from './static-tokens.js';
export { ISSUER } from './tokens/claims.js';
export { TokenReviewers, type TokenReviewer } from './tokens/reviewer.js';
export {
  oidcDiscovery,
  ServiceAccountTokens,
  type ServiceAccountTokensOptions,
} from './tokens/service-account-tokens.js';
export { tokenRequest } from './tokens/token-request.js';
