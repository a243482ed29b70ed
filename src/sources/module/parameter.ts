const PARAMETER = Symbol.for("dango.parameter");

/** A value that a source asks for by the name it has in `defineSource`'s first argument. Made by `secret` and `config`. */
export interface Parameter<T> {
  readonly [PARAMETER]: true;
  readonly kind: "secret" | "config";
  /** What `config` falls back to; `hasDefault` tells a default of `undefined` from none. */
  readonly defaultValue: T | undefined;
  readonly hasDefault: boolean;
}

/** The parameters of a source by name. */
export type Parameters = Readonly<Record<string, Parameter<unknown>>>;

/** What the build function of a source gets: each parameter's value under its name. */
export type ParameterValues<P extends Parameters> = {
  readonly [K in keyof P]: P[K] extends Parameter<infer T> ? T : never;
};

/**
 * A credential, a string unless you say otherwise (`secret<{ user: string }>()` for a TOML table). It is looked up by
 * its name in the environment and in `.dlt/secrets.toml`; a missing one ends the run with exit code 2 and a message
 * that lists every place looked at. Its value never appears in output, logs or messages.
 */
export function secret(): Parameter<string>;
export function secret<T>(): Parameter<T>;
export function secret(): Parameter<unknown> {
  return { [PARAMETER]: true, kind: "secret", defaultValue: undefined, hasDefault: false };
}

/**
 * A setting that is no secret, with its default. It is looked up by its name in the environment, in
 * `.dlt/secrets.toml` and in `.dlt/config.toml`, and text found there becomes a number or a boolean if the default is
 * one (text that is neither ends the run with exit code 2). Without a default the setting is required.
 *
 * @example `config("https://api.example.com")` is a string, `config(100)` a number, `config(false)` a boolean.
 */
export function config(defaultValue?: string): Parameter<string>;
export function config(defaultValue: number): Parameter<number>;
export function config(defaultValue: boolean): Parameter<boolean>;
export function config<T>(defaultValue?: T): Parameter<T>;
export function config(...defaults: unknown[]): Parameter<unknown> {
  return { [PARAMETER]: true, kind: "config", defaultValue: defaults[0], hasDefault: defaults.length > 0 };
}

/** True for what `secret` and `config` return, of any copy of this package. */
export function isParameter(value: unknown): value is Parameter<unknown> {
  return typeof value === "object" && value !== null && PARAMETER in value;
}
