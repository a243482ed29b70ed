import {
  AuthError,
  GuardError,
  HttpStatusError,
  isDangoError,
  RateLimitError,
  ResponseError,
  UnavailableError,
} from "../../shared/errors.js";
import { config, secret } from "./parameter.js";
import { paginators } from "./paginators.js";
import { resource } from "./resource-definition.js";
import { RestClient } from "./rest-client.js";
import { defineSource } from "./source-definition.js";

/** What `import … from "dango"` gives to a module that a run loads: the run's own instances, wherever the project is. */
export const USER_API = {
  AuthError,
  config,
  defineSource,
  GuardError,
  HttpStatusError,
  isDangoError,
  paginators,
  RateLimitError,
  resource,
  ResponseError,
  RestClient,
  secret,
  UnavailableError,
} as const;
