export { createApi } from './api';
export { ORGANIZATION_HEADER } from './context';
export type { Api } from './context';
export type { ApiDeps, ApiOptions, LogEntry } from './deps';
export { createHttpMetrics, type HttpMetrics } from './metrics';
export type { JwksOptions } from './jwt';
export type { RateLimitOptions } from './rate-limit';
export { serveApi, type ServedApi, type ServeOptions } from './serve';
