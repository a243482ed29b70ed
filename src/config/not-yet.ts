/**
 * What contract and rules promise and this version does not carry out: known, and refused with "not supported yet".
 * An issue that builds one of these deletes it here.
 */
export const NOT_YET = {
  project: ["extensions_path"],
  source: [],
  sourceTypes: ["postgres", "shopify", "salesforce", "hubspot", "stripe", "google_analytics"],
  resource: ["filters", "sort"],
  endpoint: [],
  runtime: [
    "log_format",
    "http_show_error_body",
    "http_max_error_body_length",
    "slack_incoming_hook",
    "sentry_dsn",
    "intercept_signals",
  ],
} as const;
