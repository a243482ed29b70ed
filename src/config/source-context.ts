import type { FunctionReference } from "../model/user-function.js";
import type { Redactor } from "../shared/redact.js";
import type { ConfigPath } from "./config-path.js";
import type { IssueList } from "./issue-list.js";
import type { RuntimeSettings } from "./project.js";
import type { Settings } from "./files/settings.js";
import type { YamlFile } from "./files/yaml.js";

/** What every step of reading one source shares. */
export interface SourceContext {
  readonly source: { readonly name: string; readonly type: string };
  readonly file: YamlFile;
  /** The project's folder, from which relative paths start; undefined outside of a project: the working directory. */
  readonly root: string | undefined;
  readonly settings: Settings;
  readonly runtime: RuntimeSettings;
  readonly redactor: Redactor;
  readonly issues: IssueList;
  /** False for a disabled source, and where a settings file could not be read. */
  readonly reportMissing: boolean;
  /** Paths of strings that were one `${…}` as a whole. */
  readonly whole: Map<string, ConfigPath>;
  /** Filled with the functions that custom slots name. */
  readonly functions: FunctionReference[];
}

/** Where a key stands; for a key that is not given, where it could stand. */
export type KeyPlace = (key: string) => ConfigPath;
