export { config, secret } from "../sources/module/parameter.js";
export type { Parameter, Parameters, ParameterValues } from "../sources/module/parameter.js";
export { defineSource } from "../sources/module/source-definition.js";
export type { BuiltResources, SourceDefinition } from "../sources/module/source-definition.js";
export { resource } from "../sources/module/resource-definition.js";
export type {
  Incremental,
  Logger,
  ResourceContext,
  ResourceDefinition,
  ResourceOutput,
} from "../sources/module/resource-definition.js";
export type {
  ColumnSettings,
  ContractModeName,
  ContractSettings,
  CursorValue,
  IncrementalResourceSettings,
  IncrementalSettings,
  NestedHintSettings,
  ReferenceSettings,
  ResourceSettings,
  WriteDispositionName,
  WriteDispositionSettings,
} from "../sources/module/resource-settings.js";
export type { ConvertCursor } from "../sources/module/convert-cursor.js";
export { RestClient } from "../sources/module/rest-client.js";
export type {
  AuthAdditions,
  AuthFunction,
  AuthRequest,
  AuthSettings,
  ClientCredentialsSettings,
  CustomAuthSettings,
  JwtSettings,
  OAuth2Settings,
  RefreshTokenSettings,
  ServiceAccountSettings,
  SessionTokenSettings,
  TokenLifetimeSettings,
  UnauthorizedFunction,
} from "../sources/module/auth-settings.js";
export type {
  PaginateSettings,
  ParamItem,
  Params,
  PostSettings,
  RateSettings,
  RequestSettings,
  RestClientSettings,
  RetrySettings,
  TlsSettings,
} from "../sources/module/rest-client-settings.js";
export type { ApiResponse, ResponseFunction, ResponseVerdict } from "../sources/rest/response-function.js";
export type { RecordExpansion, RecordFilter, RecordMap, StepRecord } from "../model/step-functions.js";
export type {
  NextPage,
  NextPageResult,
  NextRequest,
  PageResponse,
} from "../sources/rest/paging/next-page.js";
export { paginators } from "../sources/module/paginators.js";
export type { PaginatorChoice } from "../sources/module/paginators.js";
export type {
  CursorPartSettings,
  CursorSettings,
  CustomSettings,
  HeaderCursorSettings,
  HeaderLinkSettings,
  JsonLinkSettings,
  OffsetSettings,
  PageNumberSettings,
} from "../sources/module/paginator-settings.js";
export {
  AuthError,
  GuardError,
  HttpStatusError,
  isDangoError,
  RateLimitError,
  ResponseError,
  UnavailableError,
} from "../shared/errors.js";
export type { DangoError, SourceLocation } from "../shared/errors.js";
