import { describe, expect, test } from "vitest";
import type { ResourceOptions } from "../../../src/model/resource.js";
import { createMemoryProject, type MemoryProject, type MemoryResource } from "../../support/memory-sync.js";

function users(page: string): MemoryResource {
  return {
    name: "users",
    pages: [page],
    options: { writeDisposition: { kind: "merge", strategy: "delete-insert" }, primaryKey: ["id"] },
  };
}

interface StoredSchema {
  readonly version_hash: string;
  readonly previous_hashes: readonly string[];
  readonly settings: Readonly<Record<string, unknown>>;
  readonly tables: Readonly<Record<string, { readonly columns: Readonly<Record<string, object>> }>>;
}

async function readSchemas(project: MemoryProject): Promise<readonly StoredSchema[]> {
  const rows = await project.rows("SELECT schema FROM raw_shop._dlt_version ORDER BY version");
  return rows.map(([schema]) => JSON.parse(String(schema)) as StoredSchema);
}

describe("the stored schema can be read by dlt (contract §5)", () => {
  test("it names the versions before, the newest first", async () => {
    await using project = await createMemoryProject();
    await project.sync([users('[{"id":1}]')]);
    await project.sync([users('[{"id":2,"name":"b"}]')]);
    await project.sync([users('[{"id":3,"name":"c","age":3}]')]);
    await project.sync([users('[{"id":4}]')]);
    const schemas = await readSchemas(project);
    const [first, second] = schemas.map((schema) => schema.version_hash);
    expect(schemas.map((schema) => schema.previous_hashes)).toEqual([[], [first], [second, first]]);
  });

  test("it marks the columns by which dlt merges", async () => {
    await using project = await createMemoryProject();
    await project.sync([users('[{"id":1,"pets":["Rex"]}]')]);
    const [schema] = await readSchemas(project);
    expect(schema?.tables["users"]?.columns["_dlt_id"]).toMatchObject({ row_key: true, unique: true });
    expect(schema?.tables["users__pets"]?.columns).toMatchObject({
      _dlt_root_id: { root_key: true },
      _dlt_parent_id: { parent_key: true },
      _dlt_id: { row_key: true, unique: true },
    });
    expect(schema?.settings).toMatchObject({ default_hints: { parent_key: ["_dlt_parent_id"] } });
  });

  test("it keeps hints that change no table, those declared later and one's own too (reference §5.7)", async () => {
    await using project = await createMemoryProject();
    const load = async (page: string, columns: ResourceOptions["columns"]): Promise<void> => {
      await project.sync([{ name: "users", pages: [page], options: { columns } }]);
    };
    await load('[{"id":1,"eMail":"a@b.c"}]', { id: { kept: { unique: true } } });
    await load('[{"id":2}]', {
      id: { kept: { unique: true, "x-owner": { team: "crm" } } },
      eMail: { kept: { description: "as typed in" } },
    });
    const schemas = await readSchemas(project);
    const hints = schemas.map(({ tables }) => {
      const { id, e_mail: mail } = tables["users"]?.columns ?? {};
      return [id, mail];
    });
    const id = { name: "id", data_type: "bigint", nullable: true, unique: true };
    const mail = { name: "e_mail", data_type: "text", nullable: true, "x-dango-key": "eMail" };
    expect(hints).toEqual([
      [id, mail],
      [
        { ...id, "x-owner": { team: "crm" } },
        { ...mail, description: "as typed in" },
      ],
    ]);
  });
});
