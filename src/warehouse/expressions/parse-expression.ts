import type { MemberReference, ParsedExpression } from "../../model/expression.js";
import { ConfigError } from "../../shared/errors.js";
import { nameReferences } from "../../shared/name-references.js";
import type { DuckDb } from "../duckdb.js";
import { quoteText } from "../quote.js";

/**
 * Parses an SQL expression over one record with DuckDB's own parser. Throws a ConfigError, without location, for a
 * syntax error and for what is no such expression: subqueries, aggregates, windows, `*`, parameters, unknown functions.
 */
export async function parseExpression(db: DuckDb, sql: string): Promise<ParsedExpression> {
  if (sql.includes("\0")) throw refuse(sql, "it has a NUL character");
  const tree = await readSyntaxTree(db, sql);
  const walk: Walk = {
    sql: Buffer.from(sql),
    references: [],
    memberNames: new Set(),
    refuse: (why) => refuse(sql, why),
  };
  visit(tree, new Set(), walk);
  const references = walk.references.sort((a, b) => a.start - b.start);
  const parsed = { sql, references, memberNames: [...walk.memberNames] };
  await checkFunctions(db, parsed);
  return parsed;
}

type Node = Readonly<Record<string, unknown>>;

interface Walk {
  readonly sql: Buffer;
  readonly references: MemberReference[];
  readonly memberNames: Set<string>;
  refuse(why: string): ConfigError;
}

/** What DuckDB is given, so that offsets can be counted. The line break ends a comment at the end of the expression. */
const PREFIX = "SELECT (";
const SUFFIX = "\n)";

async function readSyntaxTree(db: DuckDb, sql: string): Promise<Node> {
  const [row] = await db.rows(`SELECT json_serialize_sql(${quoteText(PREFIX + sql + SUFFIX)})::VARCHAR`);
  const answer = JSON.parse(String(row?.[0])) as {
    readonly error: boolean;
    readonly error_message?: string;
    readonly statements?: readonly { readonly node: { readonly select_list: readonly Node[] } }[];
  };
  if (answer.error) throw refuse(sql, answer.error_message ?? "it cannot be parsed", WORDS);
  const [statement, ...others] = answer.statements ?? [];
  const [expression, ...more] = statement?.node.select_list ?? [];
  if (expression === undefined || others.length + more.length > 0)
    throw refuse(sql, "it is not one expression");
  return expression;
}

function visit(value: unknown, bound: ReadonlySet<string>, walk: Walk): void {
  if (Array.isArray(value)) {
    for (const element of value) visit(element, bound, walk);
    return;
  }
  if (typeof value !== "object" || value === null) return;
  const node = value as Node;
  switch (node["class"]) {
    case "SUBQUERY":
      throw walk.refuse("a subquery cannot stand in it: it sees one record and nothing else");
    case "WINDOW":
      throw walk.refuse("a window function cannot stand in it: it sees one record at a time");
    case "STAR":
      throw walk.refuse("`*` cannot stand in it");
    case "PARAMETER":
      throw walk.refuse("a parameter cannot stand in it");
    case "COLUMN_REF":
      addReference(node, bound, walk);
      return;
    case "FUNCTION":
      visitFunction(node, bound, walk);
      return;
    case "CONSTANT":
      return;
    case "OPERATOR":
      noteMemberName(node, walk);
      break;
    default:
      break;
  }
  for (const child of Object.values(node)) visit(child, bound, walk);
}

/** The functions whose `x -> …` is a lambda; everywhere else the arrow takes a member out of JSON. */
const LAMBDA_FUNCTIONS = /^(?:(?:list|array)_)?(?:apply|transform|filter|reduce)$/;

/** What an expression over a record has no business with. */
const REFUSED_FUNCTIONS = new Set([
  "current_query",
  "current_setting",
  "currval",
  "getenv",
  "getvariable",
  "nextval",
  "sleep_ms",
  "write_log",
]);

function visitFunction(node: Node, bound: ReadonlySet<string>, walk: Walk): void {
  const name = String(node["function_name"]).toLowerCase();
  const schema = typeof node["schema"] === "string" ? node["schema"] : "";
  if (REFUSED_FUNCTIONS.has(name)) throw walk.refuse(`the function ${name} cannot stand in it`);
  if (schema !== "" && schema !== "main") {
    throw walk.refuse(`${schema}.${name}(…) is no function; write ${name}(${schema}, …)`);
  }
  if (name === "struct_extract" || name === "array_extract" || name === "list_extract")
    noteMemberName(node, walk);
  const { children, ...others } = node as { readonly children: readonly Node[] };
  for (const child of children) {
    if (child["class"] === "LAMBDA" && LAMBDA_FUNCTIONS.test(name)) {
      const names = parameterNames(child["lhs"] as Node);
      visit(child["expr"], new Set([...bound, ...names]), walk);
    } else visit(child, bound, walk);
  }
  visit(Object.values(others), bound, walk);
}

function parameterNames(node: Node): string[] {
  const names = node["column_names"];
  if (Array.isArray(names)) return [String(names.at(-1)).toLowerCase()];
  return ((node["children"] ?? []) as readonly Node[]).flatMap(parameterNames);
}

function noteMemberName(node: Node, walk: Walk): void {
  const value = ((node["children"] ?? []) as readonly Node[])[1]?.["value"] as Node | undefined;
  if (typeof value?.["value"] === "string") walk.memberNames.add(value["value"]);
}

function addReference(node: Node, bound: ReadonlySet<string>, walk: Walk): void {
  const names = (node["column_names"] as readonly unknown[]).map(String);
  if (bound.has((names[0] ?? "").toLowerCase())) {
    for (const name of names.slice(1)) walk.memberNames.add(name);
    return;
  }
  const start = Number(node["query_location"]) - PREFIX.length;
  const end = endOfName(walk.sql, start, names);
  if (end === undefined) throw walk.refuse(`the name ${names.join(".")} cannot be told from its text`);
  walk.references.push({ names, start, end });
}

/** The offset behind the dotted name that begins at `start`; undefined if another one stands there. */
function endOfName(sql: Buffer, start: number, names: readonly string[]): number | undefined {
  if (!(start >= 0 && start < sql.length)) return undefined;
  let text = sql.toString("utf8", start);
  let length = 0;
  for (const [index, name] of names.entries()) {
    const pattern = index === 0 ? NAME : DOT_NAME;
    const found = pattern.exec(text);
    if (found === null) return undefined;
    const [whole, written = ""] = found;
    const spelled = written.startsWith('"') ? written.slice(1, -1).replaceAll('""', '"') : written;
    if (spelled.toLowerCase() !== name.toLowerCase()) return undefined;
    length += Buffer.byteLength(whole);
    text = text.slice(whole.length);
  }
  return start + length;
}

const NAME = /^("(?:[^"]|"")+"|[\p{L}_\u0080-\uffff][\p{L}\p{N}_$\u0080-\uffff]*)/u;
const DOT_NAME = /^\s*\.\s*("(?:[^"]|"")+"|[\p{L}_\u0080-\uffff][\p{L}\p{N}_$\u0080-\uffff]*)/u;

/** Functions that do not exist, and those over many rows. Whether the arguments fit shows when the records are there. */
async function checkFunctions(db: DuckDb, parsed: ParsedExpression): Promise<void> {
  const text = nameReferences(parsed, () => "c0");
  try {
    await db.rows(`SELECT 1 FROM (SELECT NULL AS c0) WHERE (${text}${SUFFIX} IS NULL LIMIT 0`);
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    const [first = "", second = ""] = error.message.split("\n");
    if (first.startsWith("Catalog Error: ")) {
      throw refuse(parsed.sql, first.slice("Catalog Error: ".length), second === "" ? undefined : second);
    }
    if (/^Binder Error: .*(?:aggregates|UNNEST|window functions)/i.test(first)) {
      throw refuse(parsed.sql, "it sees one record at a time: no aggregates, no unnest", LISTS);
    }
  }
}

const WORDS = 'names that are words of SQL, such as order, end and at, stand in double quotes: "order"';

const LISTS =
  "for the elements of a list in the record there are list_sum, list_transform, list_filter and others";

function refuse(sql: string, why: string, hint?: string): ConfigError {
  const shown = sql.length > 80 ? `${sql.slice(0, 80)}…` : sql;
  return new ConfigError([
    { message: `no expression over a record: ${shown}: ${why}`, ...(hint === undefined ? {} : { hint }) },
  ]);
}
