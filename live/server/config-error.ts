/** A configuration that a server cannot be started with: one sentence that says where and what. */
export class ConfigError extends Error {}
