import type { AuthConfig } from "../../model/auth-config.js";

/** The secret texts of an `auth` block, the Basic pair included, so that a redactor can know them. */
export function listCredentials(auth: AuthConfig): readonly string[] {
  switch (auth.type) {
    case "bearer":
      return [auth.token];
    case "http_basic":
      return [auth.password, `${auth.username}:${auth.password}`];
    case "api_key":
      return [auth.apiKey];
    case "oauth2_client_credentials":
      return [auth.clientSecret ?? "", auth.accessToken ?? ""];
    case "oauth2_refresh_token":
      return [auth.clientSecret ?? "", auth.accessToken ?? "", auth.refreshToken];
    case "jwt":
    case "service_account":
      return [auth.privateKey];
    case "session_token":
    case "custom":
      return [];
    default:
      return auth satisfies never;
  }
}
