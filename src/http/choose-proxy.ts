import { BlockList, isIP } from "node:net";
import { ConfigError } from "../shared/errors.js";

/** The proxy of `client`: a URL, or `false` for none; undefined leaves it to the environment. */
export type ProxySetting = string | false | undefined;

/**
 * The proxy that a request to `url` goes through, undefined for none. Without a setting HTTP_PROXY counts for http,
 * HTTPS_PROXY for https, and NO_PROXY names the hosts that need none, as for curl; so does loopback only if it is
 * named there. Throws ConfigError for a variable that holds no proxy.
 */
export function chooseProxy(
  url: URL,
  setting: ProxySetting,
  env: Readonly<Record<string, string | undefined>>,
): URL | undefined {
  if (setting === false) return undefined;
  if (setting !== undefined) return new URL(setting);
  const name = url.protocol === "https:" ? "HTTPS_PROXY" : "HTTP_PROXY";
  const value = readVariable(env, name);
  if (value === "" || isExempt(url, readVariable(env, "NO_PROXY"))) return undefined;
  const proxy = value.includes("://") ? value : `http://${value}`;
  if (URL.canParse(proxy) && /^https?:$/.test(new URL(proxy).protocol)) return new URL(proxy);
  throw new ConfigError([
    {
      message: `the variable ${name} is no http or https URL of a proxy`,
      hint: "Write it as http://host:port, or set proxy of the client.",
    },
  ]);
}

/** The spelling in lower case wins, as for curl. */
function readVariable(env: Readonly<Record<string, string | undefined>>, name: string): string {
  return (env[name.toLowerCase()] ?? env[name] ?? "").trim();
}

function isExempt(url: URL, list: string): boolean {
  const port = url.port === "" ? (url.protocol === "https:" ? "443" : "80") : url.port;
  const host = stripBrackets(url.hostname).toLowerCase();
  return list
    .toLowerCase()
    .split(/[\s,]+/)
    .some((entry) => entry !== "" && (entry === "*" || matches(entry, host, port)));
}

function matches(entry: string, host: string, port: string): boolean {
  const subnet = /^(.+)\/(\d{1,3})$/.exec(entry);
  if (subnet !== null) return isInSubnet(host, subnet[1] ?? "", Number(subnet[2]));
  const [, name = "", entryPort] = /^(\[[^\]]*\]|[^:]*|.*:.*:.*?)(?::(\d+))?$/.exec(entry) ?? [];
  if (entryPort !== undefined && entryPort !== port) return false;
  const suffix = stripBrackets(name).replace(/^\*?\./, "");
  return suffix !== "" && (host === suffix || (isIP(host) === 0 && host.endsWith(`.${suffix}`)));
}

function isInSubnet(host: string, network: string, prefix: number): boolean {
  const family = isIP(network);
  if (family === 0 || isIP(host) !== family || prefix > (family === 4 ? 32 : 128)) return false;
  const list = new BlockList();
  list.addSubnet(network, prefix, family === 4 ? "ipv4" : "ipv6");
  return list.check(host, family === 4 ? "ipv4" : "ipv6");
}

function stripBrackets(host: string): string {
  return host.replace(/^\[|\]$/g, "");
}
