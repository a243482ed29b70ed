import { keyName, normalizePath } from "../../normalize/normalize-path.js";
import type { DatasetSchema } from "../../model/schema.js";

/** What the warehouse knows of a path of keys in a resource's records: the type of its column, if it has one. */
export type KnownColumns = (keys: readonly string[]) => {
  readonly isKnown: boolean;
  readonly sqlType: string | undefined;
};

/** The columns, and lists, of the table called `tableName`. */
export function createKnownColumns({ tables }: DatasetSchema, tableName: string): KnownColumns {
  const root = normalizePath(tableName);
  const columns = tables.get(root)?.columns ?? [];
  return (keys) => {
    const name = keys.map(keyName).join("__");
    const column = columns.find((one) => one.name === name);
    const isInside = columns.some((one) => one.name.startsWith(`${name}__`));
    const list = `${root}__${name}`;
    const isList = [...tables.keys()].some((table) => table === list || table.startsWith(`${list}__`));
    return { isKnown: column !== undefined || isInside || isList, sqlType: column?.sqlType };
  };
}
