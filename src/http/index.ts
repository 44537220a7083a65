export { createApi } from './api';
export type { Api } from './context';
export type { ApiDeps, ApiOptions, LogEntry } from './deps';
export type { JwksOptions } from './jwt';
export type { RateLimitOptions } from './rate-limit';
export { serveApi, type ServedApi, type ServeOptions } from './serve';
