import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { idRows } from "../../support/run-paginator.js";
import { sendJson, serve, type ServeHandler, type TestServer } from "../../support/serve.js";
import { issuesOfResource, readResource, readRest as readConfig } from "../config/support.js";
import { openRestSource, type RestReading } from "../../support/read-rest.js";
import { readYaml } from "./read-yaml.js";

const QUERY =
  "query Products($category: String, $after: String) { products(category: $category, after: $after) { edges { node { id } } pageInfo { hasNextPage endCursor } } }";

let server: TestServer;
let answer: ServeHandler;
beforeEach(async () => {
  server = await serve((request, response) => answer(request, response));
});
afterEach(() => server.close());

interface Sent {
  readonly query: string;
  readonly variables: Readonly<Record<string, unknown>>;
}

const sent = (): Sent[] => server.requests.map(({ body }) => JSON.parse(body) as Sent);

/** Products 1 to 5, two a page, as a Relay connection. */
const connection: ServeHandler = ({ body }, response) => {
  const { variables } = JSON.parse(body) as Sent;
  const from = Number(variables["after"] ?? 0);
  const rows = idRows(1, 5).slice(from, from + 2);
  const last = from + rows.length;
  const edges = rows.map((node) => ({ node, cursor: String(node.id) }));
  sendJson(response, {
    data: { products: { edges, pageInfo: { hasNextPage: last < 5, endCursor: String(last) } } },
  });
};

interface Settings {
  readonly query?: string;
  readonly variables?: unknown;
  readonly endpoint?: object;
  readonly more?: object;
}

/** Reads a resource `products` at `/graphql`, whose nodes are the records. */
async function read({ query = QUERY, variables, endpoint, more }: Settings = {}): Promise<RestReading> {
  const resource = {
    name: "products",
    endpoint: {
      graphql: { query, ...(variables === undefined ? {} : { variables }) },
      data_selector: "data.products.edges[*].node",
      ...endpoint,
    },
    ...more,
  };
  return readYaml(server.url, `- ${JSON.stringify(resource)}`, { bounds: { startValue: 20 } });
}

describe("a GraphQL request", () => {
  it("is a POST of query and variables as JSON, to /graphql if no path is given (P12, 002-18)", async () => {
    answer = connection;
    await read({ variables: { category: "toys", limit: 2 }, endpoint: { paginator: "single_page" } });
    const [request] = server.requests;
    expect(request).toMatchObject({ method: "POST", url: "/graphql" });
    expect(request?.headers["content-type"]).toBe("application/json");
    expect(sent()).toEqual([{ query: QUERY, variables: { category: "toys", limit: 2 } }]);
  });

  it.each([
    ["https://api.example.com/graphql", "/graphql"],
    ["https://shop.example.com/admin/api/2025-01/graphql.json", "/admin/api/2025-01/graphql.json"],
    ["https://api.example.com/v1", "/v1/graphql"],
  ])("with base_url %s and no path goes to %s", async (baseUrl, expected) => {
    const rest = await readConfig(`base_url: ${baseUrl}\nresources: [{name: a, graphql: {query: "{ a }"}}]`);
    const path = rest.resources[0]?.endpoint.path;
    expect(path).toBe(expected.endsWith("v1/graphql") ? "graphql" : "");
  });

  it("drops null variables and sends variables: {} where none is left (002-19)", async () => {
    answer = connection;
    await read({ variables: { category: null }, endpoint: { paginator: "single_page" } });
    expect(sent()[0]?.variables).toEqual({});
  });

  it("keeps a null inside of a variable, which says something there", async () => {
    answer = connection;
    await read({ variables: { filter: { status: null } }, endpoint: { paginator: "single_page" } });
    expect(sent()[0]?.variables).toEqual({ filter: { status: null } });
  });

  it("takes nothing in the query for a placeholder (P12)", async () => {
    answer = connection;
    const query =
      "{products{edges{node{id}}} a:b(f:{incremental:{start_value:1}}) {{incremental.start_value}}}";
    await read({ query, endpoint: { paginator: "single_page" } });
    expect(sent()[0]?.query).toBe(query);
  });

  it("fills placeholders of variables in with their type, and start_param is a variable (P9)", async () => {
    answer = connection;
    await read({
      variables: { filter: { since: "{incremental.start_value}", text: "from {incremental.start_value}" } },
      endpoint: { paginator: "single_page" },
      more: { incremental: { cursor_path: "id", initial_value: 20, start_param: "min" } },
    });
    expect(server.requests[0]?.url).toBe("/graphql");
    expect(sent()[0]?.variables).toEqual({ filter: { since: 20, text: "from 20" }, min: 20 });
  });
});

describe("errors in a 200 (002-18)", () => {
  const withErrors =
    (errors: unknown, data: unknown): ServeHandler =>
    (_, response) => {
      sendJson(response, { data, errors });
    };
  const products = { products: { edges: [{ node: { id: 1 } }], pageInfo: { hasNextPage: false } } };

  it("are an error with all messages, even beside data", async () => {
    answer = withErrors(
      [{ message: "no such field", path: ["products", "edges", 0] }, { message: "too deep" }],
      products,
    );
    const { error } = await read();
    expect(error).toMatchObject({ type: "response", exitCode: 1 });
    expect(error?.message).toBe(
      `POST ${server.url}/graphql answered 200 with GraphQL errors: no such field (products.edges.0); too deep`,
    );
    expect(server.requests).toHaveLength(1);
  });

  it("are none if the list is empty", async () => {
    answer = withErrors([], products);
    expect(await read()).toMatchObject({ error: undefined, rows: [{ id: 1 }] });
  });

  it.each([
    ["UNAUTHENTICATED", "authentication"],
    ["FORBIDDEN", "permission"],
  ])("whose code is %s are an error of %s (exit 6)", async (code, type) => {
    answer = withErrors([{ message: "no", extensions: { code } }], null);
    expect((await read()).error).toMatchObject({ type, exitCode: 6 });
  });

  it("whose code is a rate limit are asked for again", async () => {
    const throttled = withErrors([{ message: "Throttled", extensions: { code: "THROTTLED" } }], null);
    answer = (request, response) =>
      (server.requests.length === 1 ? throttled : connection)(request, response);
    expect((await read()).rows).toEqual(idRows(1, 5));
    expect(server.requests).toHaveLength(4);
  });

  it("that stay a rate limit are exit 7", async () => {
    answer = withErrors([{ message: "Throttled", extensions: { code: "THROTTLED" } }], null);
    const { error } = await read();
    expect(error).toMatchObject({ type: "rate_limit", exitCode: 7 });
    expect(error?.message).toContain("a rate limit: Throttled");
  });
});

describe("paging by pageInfo", () => {
  it("follows the pageInfo beside the records by the variable after (P12, 002-19)", async () => {
    answer = connection;
    expect(await read({ variables: { category: "toys" } })).toMatchObject({
      rows: idRows(1, 5),
      error: undefined,
      paginator: "pageInfo (data.products.pageInfo.endCursor into variables.after)",
      notices: [
        "info: chose pageInfo (data.products.pageInfo.endCursor into variables.after): pageInfo stands beside the records",
      ],
    });
    expect(sent().map(({ variables }) => variables)).toEqual([
      { category: "toys" },
      { category: "toys", after: "2" },
      { category: "toys", after: "4" },
    ]);
  });

  it("sends the cursor in the variable that holds {paginator.cursor}", async () => {
    answer = ({ body }, response) => {
      const { variables } = JSON.parse(body) as { variables: { page?: { from?: string } } };
      const isFirst = variables.page?.from === undefined;
      sendJson(response, {
        data: {
          products: {
            edges: [{ node: { id: isFirst ? 1 : 2 } }],
            pageInfo: { hasNextPage: isFirst, endCursor: "c1" },
          },
        },
      });
    };
    const { rows } = await read({
      query: "query($page: Page) { products }",
      variables: { page: { from: "{paginator.cursor}" } },
    });
    expect(rows).toEqual(idRows(1, 2));
    expect(sent().map(({ variables }) => variables)).toEqual([{ page: {} }, { page: { from: "c1" } }]);
  });

  it("finds a nested connection, and nodes without a selector", async () => {
    answer = ({ body }, response) => {
      const isFirst = !body.includes('"after":');
      const pageInfo = { hasNextPage: isFirst, endCursor: "x" };
      sendJson(response, { data: { shop: { products: { nodes: [{ id: isFirst ? 1 : 2 }], pageInfo } } } });
    };
    const query = "query($after: String) { shop { products(after: $after) { nodes { id } } } }";
    expect(await read({ query, endpoint: { data_selector: "data.shop.products.nodes" } })).toMatchObject({
      rows: idRows(1, 2),
      paginator: "pageInfo (data.shop.products.pageInfo.endCursor into variables.after)",
    });
  });

  it("goes on after an empty page, and ends when hasNextPage is false", async () => {
    answer = ({ body }, response) => {
      const page = body.includes('"after":"2"') ? 3 : body.includes('"after":"1"') ? 2 : 1;
      const edges = page === 2 ? [] : [{ node: { id: page } }];
      const pageInfo = { hasNextPage: page < 3, endCursor: String(page) };
      sendJson(response, { data: { products: { edges, pageInfo } } });
    };
    expect((await read()).rows).toEqual([{ id: 1 }, { id: 3 }]);
  });

  it("pages by an explicit cursor paginator into a variable", async () => {
    answer = connection;
    const paginator = {
      type: "cursor",
      cursor_path: "data.products.pageInfo.endCursor",
      has_more_path: "data.products.pageInfo.hasNextPage",
      cursor_body_path: "variables.after",
    };
    expect((await read({ endpoint: { paginator } })).rows).toEqual(idRows(1, 5));
    expect(sent().map(({ variables }) => variables["after"])).toEqual([undefined, "2", "4"]);
  });

  const page = (products: unknown): void => {
    answer = (_, response) => {
      sendJson(response, { data: { products } });
    };
  };
  const edges = [{ node: { id: 1 } }];

  it.each([
    [
      "the same cursor again (P5)",
      () => {
        let id = 0;
        answer = (_, response) => {
          id += 1;
          const pageInfo = { hasNextPage: true, endCursor: "same" };
          sendJson(response, { data: { products: { edges: [{ node: { id } }], pageInfo } } });
        };
      },
      'it leads to variables.after "same", which was used before',
    ],
    [
      "a server that does not read the variable (P5)",
      () => {
        let cursor = 0;
        answer = (_, response) => {
          cursor += 1;
          const pageInfo = { hasNextPage: true, endCursor: String(cursor) };
          sendJson(response, { data: { products: { edges, pageInfo } } });
        };
      },
      'variables.after "1" brought the same 1 record as the page before',
    ],
    [
      "hasNextPage without a cursor (P5)",
      () => {
        page({ edges, pageInfo: { hasNextPage: true } });
      },
      "data.products.pageInfo.hasNextPage is true, but endCursor is not there",
    ],
    [
      "more pages that nothing beside the records leads to (P10)",
      () => {
        answer = (_, response) => {
          sendJson(response, { data: { products: { edges } }, extensions: { has_more: true } });
        };
      },
      "more pages seem to follow (extensions.has_more is true), but there is no pageInfo beside the records to ask for them with",
    ],
  ])("is an error with %s", async (_, prepare, message) => {
    prepare();
    const { error } = await read();
    expect(error).toMatchObject({ exitCode: 5 });
    expect(error?.message).toContain(message);
  });

  it("is an error if the query takes no variable after", async () => {
    answer = connection;
    const { error } = await read({
      query: "{ products { edges { node { id } } pageInfo { hasNextPage endCursor } } }",
    });
    expect(error?.message).toContain(
      "data.products.pageInfo says that more pages follow, but the query takes no variable $after to ask for them",
    );
    expect(error?.exitCode).toBe(5);
  });

  it("is an error if a list inside of the selected lists has more pages", async () => {
    answer = (_, response) => {
      const inner = { edges: [{ node: { id: 1 } }], pageInfo: { hasNextPage: true, endCursor: "i" } };
      sendJson(response, { data: { shops: [{ products: inner }] } });
    };
    const { error } = await read({ endpoint: { data_selector: "data.shops[*].products.edges[*].node" } });
    expect(error?.message).toContain(
      "data.shops[*].products.pageInfo.hasNextPage is true: a list inside of a list has more pages",
    );
  });

  it("warns of a page that has as many rows as were asked for and no pageInfo", async () => {
    page({ edges: [...edges, { node: { id: 2 } }] });
    const { notices, rows } = await read({ query: "{ products(first: 2) { edges { node { id } } } }" });
    expect(rows).toEqual(idRows(1, 2));
    expect(notices).toEqual([
      "warning: 2 rows may be one page of many: ask for pageInfo { hasNextPage endCursor } in the query, or set a paginator (single_page if these are all)",
    ]);
  });
});

describe("the schema of a server, for preview", () => {
  const describeSchema = async (): Promise<unknown> => {
    const resource = `- {name: p, graphql: {query: "{ a }"}, data_selector: "data.products.edges[*].node"}`;
    const { endpoint } = await readResource(resource);
    const source = openRestSource({ baseUrl: server.url, endpoint });
    const signal = new AbortController().signal;
    const fields = await source.resources[0]?.describeSchema?.({ signal, emit: () => undefined });
    await source.close();
    return fields;
  };
  const object = (name: string): object => ({ kind: "OBJECT", name, ofType: null });
  const required = (ofType: object): object => ({ kind: "NON_NULL", name: null, ofType });

  it("gives the fields of the records' type, with types as GraphQL spells them", async () => {
    const types = [
      { name: "Query", fields: [{ name: "products", type: required(object("Products")) }] },
      { name: "Products", fields: [{ name: "edges", type: { kind: "LIST", ofType: object("Edge") } }] },
      { name: "Edge", fields: [{ name: "node", type: object("Product") }] },
      {
        name: "Product",
        fields: [
          { name: "id", type: required(object("ID")) },
          { name: "tags", type: { kind: "LIST", ofType: required(object("String")) } },
        ],
      },
      { name: "ID", fields: null },
    ];
    answer = (_, response) => {
      sendJson(response, { data: { __schema: { queryType: { name: "Query" }, types } } });
    };
    expect(await describeSchema()).toEqual([
      { name: "id", type: "ID!" },
      { name: "tags", type: "[String!]" },
    ]);
    expect(sent()[0]?.query).toContain("__schema");
  });

  it.each([400, 500])("is left out where the server answers %i, without another try", async (status) => {
    answer = (_, response) => {
      sendJson(response, { errors: [{ message: "introspection is disabled" }] }, status);
    };
    expect(await describeSchema()).toBeUndefined();
    expect(server.requests).toHaveLength(1);
  });
});

describe("mistakes", () => {
  it.each([
    [
      "GET",
      "- {name: a, method: GET, graphql: {query: '{ a }'}}",
      ".dango/sources.yml:7:29 sources[0].rest_api.resources[0].method: a GraphQL query is sent with POST → leave `method` out",
    ],
    [
      "no query",
      "- {name: a, graphql: {variables: {}}}",
      ".dango/sources.yml:7:30 sources[0].rest_api.resources[0].graphql.query: missing `query`",
    ],
    [
      "a placeholder that does not exist",
      "- {name: a, graphql: {query: '{ a }', variables: {x: {y: '{paginator.curser}'}}}}",
      ".dango/sources.yml:7:66 sources[0].rest_api.resources[0].graphql.variables.x.y: there is no `{paginator.curser}` → did you mean `{paginator.cursor}`?",
    ],
  ])("%s", async (_, resource, issue) => {
    expect(await issuesOfResource(resource)).toBe(issue);
  });
});
